/** Loads a larger image of a picture once it is enlarged beyond its derivative, and tells which of them are sharp. */

const ENOUGH = 1.1; // device pixels for a pixel of the derivative, from which on more are of use

export class Closeups {
  /** pictures: two of { name, width, height, shown, closeup }; images: their elements, or null; say: shows a text. */
  constructor(pictures, images, say) {
    this.pictures = pictures;
    this.images = images;
    this.say = say;
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
    const image = this.images[place];
    const larger = new Image();
    larger.src = this.pictures[place].closeup;
    this.become(place, "loading");
    try {
      await larger.decode();
    } catch {
      return this.become(place, "failed");
    }
    if (!image.isConnected) return; // the desk shows another pair by now
    image.src = larger.src;
    const { naturalWidth, naturalHeight } = larger;
    this.become(place, "sharp", Math.max(naturalWidth, naturalHeight));
  }

  become(place, state, long = 0) {
    const { name, width, height, shown } = this.pictures[place];
    this.states[place] = {
      loading: `Loading a larger image of ${name} …`,
      sharp: long < Math.max(width, height) ? `${name} is shown at ${long} px.` : `${name} is shown at full resolution.`,
      failed: `${name} is shown at ${shown} px: a larger image could not be made, as its original is missing or the site is busy.`,
    }[state];
    this.say(this.states.filter(Boolean).join(" "));
  }
}
