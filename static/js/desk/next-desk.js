/** Loads the desk of the next pair ahead, and shows its pictures and records while the server stores a verdict. */

const PARTS = ["#desk-title", "#pairview", ".desk__below"];
const AHEAD = { "HX-Request": "true", "HX-Target": "desk-ahead" };

export class NextDesk {
  constructor() {
    this.clear();
  }

  clear() {
    this.address = "";
    this.parts = null;
    this.shown = null; // { desk, own: the parts of that desk }, while the next pair is shown in it
  }

  get isShown() {
    return Boolean(this.shown);
  }

  /** Loads the desk at an address. Without it, the next pair is shown once the server has answered. */
  async load(address) {
    this.clear();
    this.address = address;
    if (!address) return;
    try {
      const answer = await fetch(address, { headers: AHEAD });
      const text = answer.ok && !answer.redirected ? await answer.text() : "";
      const page = new DOMParser().parseFromString(text, "text/html");
      const parts = PARTS.map((part) => page.querySelector(part));
      if (this.address === address && parts.every(Boolean)) this.parts = parts;
    } catch {
      // a lost connection: the verdict will report it
    }
  }

  /** Shows the next pair in a desk whose verdict is being stored. Returns false if it is not loaded. */
  show(desk) {
    if (!this.parts || this.shown) return false;
    this.shown = { desk, own: PARTS.map((part) => desk.querySelector(part)) };
    this.shown.own.forEach((own, place) => own.replaceWith(document.adoptNode(this.parts[place])));
    this.wait(true);
    return true;
  }

  /** Puts the pair back, because its verdict was not stored. Returns false if the desk has been replaced. */
  putBack() {
    if (!this.shown?.desk.isConnected) return false;
    this.parts.forEach((part, place) => part.replaceWith(this.shown.own[place]));
    this.wait(false);
    this.shown = null;
    return true;
  }

  /** Nothing can be decided or written until the server has answered. */
  wait(isWaiting) {
    const { desk } = this.shown;
    desk.setAttribute("aria-busy", isWaiting);
    const parts = desk.querySelectorAll(".desk__bar button, .desk__below button, .desk__undo button, textarea");
    for (const part of parts) part.disabled = isWaiting;
  }

  /** Returns the viewer that is shown ahead, if it shows the same pair as another one, else null. */
  viewerLike(viewer) {
    const mine = this.shown && this.parts[1];
    const isSame = mine && mine.dataset.pair === viewer.dataset.pair && mine.dataset.overlay === viewer.dataset.overlay;
    return isSame ? mine : null;
  }
}
