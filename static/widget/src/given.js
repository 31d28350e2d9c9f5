// What the loader has already, so that it is not loaded twice.

export let h, svg;

export function give(core) {
  ({ h, svg } = core);
}
