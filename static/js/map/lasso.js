/** Draws a loop, or a rectangle with the shift key, and returns it in places of the map. */

const LEAST_PX = 4; // between two corners

export function createLasso(svg, camera, button, done) {
  const polygon = svg.querySelector("polygon");
  let corners = [];
  let isRectangle = false;

  function show() {
    polygon.setAttribute("points", shape().map((corner) => corner.join(",")).join(" ")); // prettier-ignore
  }

  function shape() {
    if (!isRectangle || corners.length < 2) return corners;
    const [[left, top], [right, bottom]] = [corners[0], corners.at(-1)];
    return [[left, top], [right, top], [right, bottom], [left, bottom]]; // prettier-ignore
  }

  const setMode = (isOn) => button.setAttribute("aria-pressed", String(isOn));
  const isOn = () => button.getAttribute("aria-pressed") === "true";

  return {
    toggle: () => setMode(!isOn()),
    end: () => setMode(false),
    wants: (event) => isOn() || event.shiftKey,
    handle(kind, corner, event) {
      if (kind === "begin") {
        corners = [corner];
        isRectangle = event.shiftKey;
      } else if (kind === "move") {
        const last = corners.at(-1);
        if (Math.hypot(corner[0] - last[0], corner[1] - last[1]) > LEAST_PX) corners.push(corner);
      } else {
        const loop = shape().map(([x, y]) => camera.toMap(x, y));
        corners = [];
        setMode(false);
        if (kind === "end" && loop.length > 2) done(loop);
      }
      show();
    },
  };
}
