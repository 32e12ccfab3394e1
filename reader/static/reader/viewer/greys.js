// Window and level: which grey levels of a picture become black and white. Fractions of its full range throughout.

// One level of 16 bits in 256 gets a grey of its own at the narrowest.
const NARROWEST = 1 / 256;
const WIDEST = 2;

// For bright-bone films; fixed fractions and never a picture's own histogram, so every picture is treated alike.
export const PRESETS = [
  { name: "full", label: "Full range", centre: 0.5, width: 1 },
  { name: "lung", label: "Lung", centre: 0.4, width: 0.8 },
  { name: "lung-contrast", label: "Lung, high contrast", centre: 0.33, width: 0.45 },
  { name: "soft-tissue", label: "Soft tissue", centre: 0.62, width: 0.55 },
  { name: "bone", label: "Bone", centre: 0.74, width: 0.5 },
];

export const START_GREYS = { centre: 0.5, width: 1, inverted: false };

const clamp = (value, low, high) => Math.min(high, Math.max(low, value));

export function windowed(state, dCentre, dWidth) {
  const centre = clamp(state.centre + dCentre, 0, 1);
  return { ...state, centre, width: clamp(state.width + dWidth, NARROWEST, WIDEST) };
}

// What painters compute for each pixel: grey = clamp(level * gain + offset), all as fractions.
export function tone({ centre, width, inverted }) {
  const sign = inverted ? -1 : 1;
  return { gain: sign / width, offset: 0.5 - (sign * centre) / width };
}

export const PLAIN = { gain: 1, offset: 0 };
