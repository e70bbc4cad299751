/** Loads a larger image of a picture once it is enlarged beyond its derivative, and shows at which size each is shown. */

import { gettext, interpolate } from "../texts.js";

const ENOUGH = 1.1; // device pixels for a pixel of the derivative, from which on more are of use

const TEXTS = {
  loading: gettext("Loading a larger image of %(name)s …"),
  larger: gettext("%(name)s is shown at %(side)s px."),
  sharp: gettext("%(name)s is shown at full resolution."),
  busy: gettext("%(name)s is shown at %(side)s px, because other pictures are being rendered at this moment."),
  failed: gettext(
    "%(name)s is shown at %(side)s px, because no larger image could be made: its original may be missing.",
  ),
};

export class Closeups {
  /** pictures: two of { name, width, height, shown, closeup }; images: their elements, or null; say: shows a text. */
  constructor(pictures, images, say) {
    this.pictures = pictures;
    this.images = images;
    this.say = say;
    this.addresses = [];
    this.isClosed = false;
    this.states = ["", ""]; // a sentence on each, once a larger image was asked for
  }

  /** scales: CSS pixels for a pixel of each original. */
  show(scales) {
    scales.forEach((scale, place) => {
      const picture = this.pictures[place];
      const perShown = (scale * Math.max(picture.width, picture.height) * window.devicePixelRatio) / picture.shown;
      if (perShown > ENOUGH && picture.closeup && this.images[place] && !this.states[place]) this.load(place);
    });
  }

  async load(place) {
    this.become(place, "loading");
    try {
      const answer = await fetch(this.pictures[place].closeup);
      if (!answer.ok) return this.become(place, answer.status === 503 ? "busy" : "failed");
      const image = this.images[place];
      const address = URL.createObjectURL(await answer.blob()); // no cache keeps it, so the image must not ask again
      if (this.isClosed || !image) return URL.revokeObjectURL(address);
      this.addresses.push(address);
      image.src = address;
      await image.decode();
      this.become(place, "sharp", Math.max(image.naturalWidth, image.naturalHeight));
    } catch {
      this.become(place, "failed");
    }
  }

  /** Frees the memory of the larger images. The desk is about to show another pair. */
  close() {
    this.isClosed = true;
    for (const address of this.addresses) URL.revokeObjectURL(address);
  }

  become(place, state, long = 0) {
    const { name, width, height, shown } = this.pictures[place];
    const text = state === "sharp" && long < Math.max(width, height) ? TEXTS.larger : TEXTS[state];
    this.states[place] = interpolate(text, { name, side: long || shown });
    this.say(this.states.filter(Boolean).join(" "));
  }
}
