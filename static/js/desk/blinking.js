/** Shows two aligned pictures in turn: by itself, by a key, or while the space bar is held. */

const EVERY_MS = 800; // less than three times a second, as flashes must be

export class Blinking {
  /** show(isSecond) puts one of the pictures on top. For people who prefer reduced motion, it alternates on request only. */
  constructor(checkbox, show) {
    this.checkbox = checkbox;
    this.show = show;
    this.isSecond = false;
    this.timer = 0;
    this.checkbox.checked = !matchMedia("(prefers-reduced-motion: reduce)").matches;
    this.checkbox.addEventListener("change", () => this.start());
  }

  start() {
    this.stop();
    if (this.checkbox.checked) this.timer = setInterval(() => this.put(!this.isSecond), EVERY_MS);
  }

  stop() {
    clearInterval(this.timer);
  }

  put(isSecond) {
    this.isSecond = isSecond;
    this.show(isSecond);
  }

  /** Shows the other picture, which then stays. */
  flip() {
    this.stop();
    this.checkbox.checked = false;
    this.put(!this.isSecond);
  }
}
