import { countWorkdays } from './count-workdays.ts';

/** The tools of this server, in the order in which tools/list names them. */
export const tools = [countWorkdays];
