/** Shows tiles of the IIIF image service with OpenSeadragon, which is loaded when it is first needed. */

import { gettext } from "./texts.js";

const KEYS = gettext("Arrow keys move the picture, + and − enlarge and reduce it, 0 shows all of it.");
const RETRIES = 3;
const RETRY_MS = 1000; // the site refuses a tile while it renders many others
export const ZOOM_STEP = 1.6;

const libraries = new Map();

/** Loads a script once. Returns a promise. */
export function load(address) {
  if (!libraries.has(address)) {
    libraries.set(address, new Promise((resolve, reject) => {
      const script = document.createElement("script");
      script.src = address;
      script.onload = resolve;
      script.onerror = () => {
        libraries.delete(address);
        reject(new Error(address));
      };
      document.head.append(script);
    }));
  }
  return libraries.get(address);
}

/** Returns the description (info.json) of a picture. Throws if the picture has no tiles or the visitor may not see it. */
export async function describe(address) {
  const answer = await fetch(address, { headers: { Accept: "application/json" } });
  if (!answer.ok) throw new Error(address);
  return answer.json();
}

/** Opens a viewer in an element, with a label for screen readers. With reduced motion, every change is immediate. */
export function open(element, info, label) {
  replaceInlineStyle();
  window.OpenSeadragon.setString("Errors.OpenFailed", gettext("Unable to open {0}: {1}"));
  const isStill = matchMedia("(prefers-reduced-motion: reduce)").matches;
  const viewer = window.OpenSeadragon({
    element,
    tileSources: info,
    drawer: "canvas",
    showNavigationControl: false,
    animationTime: isStill ? 0 : 0.6,
    blendTime: isStill ? 0 : 0.2,
    immediateRender: isStill,
    visibilityRatio: 0.5,
    minZoomImageRatio: 0.8,
    maxZoomPixelRatio: 2,
    tileRetryMax: RETRIES,
    tileRetryDelay: RETRY_MS,
    gestureSettingsMouse: { clickToZoom: false, dblClickToZoom: true },
  });
  viewer.canvas.setAttribute("role", "application");
  viewer.canvas.setAttribute("aria-label", `${label}. ${KEYS}`);
  return viewer;
}

/**
 * OpenSeadragon adds an inline style unless the page has an element that matches this selector. The content security
 * policy allows no inline style. So css/enlarged.css has the rule, and an element without effect matches the selector.
 */
function replaceInlineStyle() {
  if (document.querySelector("style[data-openseadragon-mobile-css]")) return;
  const stand = document.createElementNS("", "style");
  stand.setAttribute("data-openseadragon-mobile-css", "");
  document.head.append(stand);
}

