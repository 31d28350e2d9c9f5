// Notices of the browser, on every page that is live: a visitor asks for a person while the member looks
// at something else. They come to who asked for them in the inbox, and to nobody else.

const NOTIFY_KEY = "pitchbar-notify";

// By the server's clock; who waited before the page was opened is no news.
let known = askedAt(document.getElementById("inbox-waiting"));

function askedAt(count) {
  return Number(count?.dataset.asked ?? 0);
}

const isWanted = () => "Notification" in window && Notification.permission === "granted" && localStorage.getItem(NOTIFY_KEY) === "on";

// Whoever looks at the inbox sees it there.
const isSeen = () => !document.hidden && document.hasFocus() && document.querySelector("[data-notify]") !== null;

function tellWaiting() {
  const count = document.getElementById("inbox-waiting"), at = askedAt(count);
  if (at <= known) return;
  known = at;
  if (isSeen() || !isWanted()) return;
  const { threadUrl, threadKey, where } = count.dataset;
  let notice;
  try {
    // With its tag, that of another tab takes the place of this one.
    notice = new Notification("A visitor asks for a person", { body: where, tag: threadKey });
  } catch {
    // Browsers of phones let no page show one by itself.
    return;
  }
  notice.onclick = () => {
    window.focus();
    notice.close();
    location.assign(threadUrl);
  };
}

// The browser is asked once the button is pressed, as else nobody knows what it is about.
function showButton() {
  const button = document.querySelector("[data-notify]");
  if (!button || !("Notification" in window)) return;
  button.hidden = false;
  const words = { denied: "Blocked by the browser" }[Notification.permission] ?? (isWanted() ? "Notices are on" : "Notify me here");
  button.querySelector("[data-notify-words]").textContent = words;
  button.onclick = async () => {
    if (isWanted()) localStorage.setItem(NOTIFY_KEY, "off");
    else if (await Notification.requestPermission() === "granted") localStorage.setItem(NOTIFY_KEY, "on");
    showButton();
  };
}

document.addEventListener("pitchbar:swapped", tellWaiting);
showButton();
