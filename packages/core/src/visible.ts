// What a server writes names with, in its domain too: nothing else of core is loaded for it.
export { makeVisible, UNSAFE_IN_NAME, visibleName } from './guards/sanitize.ts';
