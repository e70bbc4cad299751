/** The colours of the page, for the canvas, and elements over the map. */

/** Return the paper and accent colours that the styles give to the stage, as three numbers from 0 to 1. */
export function coloursOf(stage) {
  const styles = getComputedStyle(stage);
  return { paper: numbersOf(styles.backgroundColor), accent: numbersOf(styles.outlineColor) };
}

function numbersOf(colour) {
  return colour.match(/[\d.]+/g).slice(0, 3).map((number) => Number(number) / 255); // prettier-ignore
}

/** Put an element at a place of the map, or hide it without one. */
export function placeAt(element, camera, place) {
  element.hidden = place === null;
  if (place === null) return;
  const [x, y] = camera.toScreen(Number(place[0]), Number(place[1]));
  element.style.transform = `translate(${Math.round(x)}px, ${Math.round(y)}px)`;
}
