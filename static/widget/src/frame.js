// Where the chat stands: beside the page, or over all of it on a phone; what keys and Back do.

export class Frame {
  constructor(chat) {
    this.chat = chat;
    const { core, panel } = chat, { signal } = core;
    panel.addEventListener("keydown", (event) => this.key(event));
    // Keys of the page's own, such as "/" for its search, are not meant.
    for (const name of ["keydown", "keyup", "keypress"]) panel.addEventListener(name, (event) => event.stopPropagation());
    core.phone.addEventListener("change", () => { if (chat.isOpen) this.fit(); }, { signal });
    for (const name of ["resize", "scroll"]) globalThis.visualViewport?.addEventListener(name, () => { if (chat.isOpen) this.fit(); }, { signal });
    addEventListener("popstate", () => { if (this.isPushed) { this.isPushed = false; chat.hide({ back: false }); } }, { signal });
  }

  get isWhole() {
    return this.chat.core.phone.matches;
  }

  open() {
    const { core } = this.chat;
    core.button.setAttribute("aria-expanded", "true");
    this.fit();
    if (this.isWhole && !this.isPushed && !core.isPreview) {
      this.isPushed = true;
      history.pushState({ ...history.state, pitchbar: true }, "");
    }
  }

  close(back) {
    const { core } = this.chat;
    core.button.setAttribute("aria-expanded", "false");
    this.fit();
    if (back && this.isPushed && history.state?.pitchbar) { this.isPushed = false; history.back(); }
    this.isPushed = false;
    core.button.focus({ preventScroll: true });
  }

  // The keyboard of a phone takes away from what is seen, not from the page.
  fit() {
    const { chat } = this, { core, panel } = chat, isOver = chat.isOpen && this.isWhole && !core.isPreview;
    const seen = globalThis.visualViewport;
    panel.style.setProperty("--high", isOver && seen ? `${seen.height}px` : "");
    panel.style.setProperty("--top", isOver && seen ? `${seen.offsetTop}px` : "");
    if (isOver) panel.setAttribute("aria-modal", "true");
    else panel.removeAttribute("aria-modal");
    const page = document.documentElement.style;
    if (isOver && this.overflow === undefined) {
      this.overflow = page.overflow;
      page.overflow = "hidden";
    } else if (!isOver) this.end();
  }

  end() {
    if (this.overflow === undefined) return;
    document.documentElement.style.overflow = this.overflow;
    this.overflow = undefined;
  }

  key(event) {
    const { chat } = this;
    if (event.key === "Escape") {
      event.preventDefault();
      chat.hide();
    }
    if (event.key !== "Tab") return;
    const all = [...chat.panel.querySelectorAll("a,button:not(:disabled),input,textarea,[tabindex='0']")].filter((one) => one.getClientRects().length);
    const [from, to] = event.shiftKey ? [all[0], all.at(-1)] : [all.at(-1), all[0]];
    if (![from, chat.panel].includes(chat.core.shadow.activeElement)) return;
    event.preventDefault();
    to.focus();
  }
}
