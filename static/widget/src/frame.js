// Where the chat stands: beside the page, or over all of it on a phone; what keys and Back do.

/** @returns `open`, `close` and `end`, which gives the page back what was taken. */
export function makeFrame(chat) {
  const { core, panel } = chat, { signal } = core, seen = window.visualViewport;
  const isWhole = () => core.phone.matches;
  let isPushed = false, overflow, opener;

  function open() {
    opener = document.activeElement;
    core.button.setAttribute("aria-expanded", true);
    fit();
    if (isWhole() && !isPushed) {
      isPushed = true;
      history.pushState({ ...history.state, pitchbar: true }, "");
    }
  }

  function close(back) {
    core.button.setAttribute("aria-expanded", false);
    fit();
    if (back && isPushed && history.state?.pitchbar) history.back();
    isPushed = false;
    // Back to what opened it, if that is one of the page's own.
    const isOwn = opener?.isConnected && ![document.body, core.shadow.host].includes(opener);
    (isOwn ? opener : core.button).focus({ preventScroll: true });
  }

  // The keyboard of a phone takes away from what is seen, not from the page.
  function fit() {
    const isOver = chat.isOpen && isWhole();
    panel.style.setProperty("--high", isOver && seen ? `${seen.height}px` : "");
    panel.style.setProperty("--top", isOver && seen ? `${seen.offsetTop}px` : "");
    panel.setAttribute("aria-modal", isOver);
    if (!isOver) return end();
    const page = document.documentElement.style;
    overflow ??= page.overflow;
    page.overflow = "hidden";
  }

  function end() {
    if (overflow !== undefined) document.documentElement.style.overflow = overflow;
    overflow = undefined;
  }

  function key(event) {
    if (event.key === "Escape") {
      event.preventDefault();
      chat.hide();
    }
    if (event.key !== "Tab") return;
    const all = [...panel.querySelectorAll("a[href],button:not(:disabled),input,textarea,[tabindex='0']")].filter((one) => one.getClientRects().length);
    const [from, to] = event.shiftKey ? [all[0], all.at(-1)] : [all.at(-1), all[0]];
    if (![from, panel].includes(core.shadow.activeElement)) return;
    event.preventDefault();
    to.focus();
  }

  const refit = () => { if (chat.isOpen) fit(); };
  panel.addEventListener("keydown", key);
  // Keys of the page's own, such as "/" for its search, are not meant.
  for (const name of ["keydown", "keyup"]) panel.addEventListener(name, (event) => event.stopPropagation());
  core.phone.addEventListener("change", refit, { signal });
  for (const name of ["resize", "scroll"]) seen?.addEventListener(name, refit, { signal });
  addEventListener("popstate", () => {
    if (!isPushed) return;
    isPushed = false;
    chat.hide({ back: false });
  }, { signal });
  return { open, close, end };
}
