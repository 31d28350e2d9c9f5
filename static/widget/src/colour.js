// What can be read on colours that people choose (WCAG 2.2).

const channels = (hex) => [1, 3, 5].map((at) => parseInt(hex.slice(at, at + 2), 16));

const luminance = (hex) => {
  const [r, g, b] = channels(hex).map((one) => {
    const part = one / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
};

function contrast(one, other) {
  const [dark, light] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (light + 0.05) / (dark + 0.05);
}

const mix = (hex, other, part) => {
  const there = channels(other);
  return `#${channels(hex).map((one, at) => Math.round(one + (there[at] - one) * part).toString(16).padStart(2, "0")).join("")}`;
};

/** The colour itself, or as much nearer to black or white as it takes to be seen on `ground`. */
export function readable(hex, ground, least) {
  const goal = luminance(ground) > 0.4 ? "#000000" : "#ffffff";
  for (let part = 0; part < 1; part += 0.05) {
    const tried = mix(hex, goal, part);
    if (contrast(tried, ground) >= least) return tried;
  }
  return goal;
}
