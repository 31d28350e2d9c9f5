// The chat itself, loaded when somebody opens it.

import { Chat } from "./chat.js";
import { give } from "./given.js";

/**
 * @param {object} core what the loader hands over.
 * @returns {Promise<Chat>} with `show`, `hide`, `ask`, `identify`, `destroy` and `isOpen`.
 */
export async function start(core) {
  const words = __FILES__.words, { language } = core.look;
  const spoken = words[language] ? language : "en";
  give(core);
  return new Chat(core, (await core.part(words[spoken])).default, spoken);
}
