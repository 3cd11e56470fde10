import type { Visitor } from '../clients.ts';
import type { Step } from '../diary.ts';

/** A call of a tool. */
export interface Call {
  name: string;
  arguments: Record<string, unknown>;
}

/** How the playground shows a server. */
export interface Show {
  /** Its folder in packages/; the command is `touchstone-<name>`. */
  name: string;
  /** Optional peers that it is shown with, taken from the workspace. */
  peers?: readonly string[];
  /** Lays in an empty directory what it is shown with. */
  prepare?: (directory: string) => Promise<void>;
  /** Arguments of the command that every client visits. */
  args: (directory: string) => string[];
  /** What every client does. Throws when an answer is not as it should be. The last `refused` steps are meant to be refused. */
  visit: (visitor: Visitor, directory: string) => Promise<Step[]>;
  refused: number;
  /** What one client does with other settings. */
  further?: {
    title: string;
    prepare?: (directory: string) => Promise<void>;
    args: (directory: string) => string[];
    visit: (visitor: Visitor, directory: string) => Promise<Step[]>;
  };
  /** Two calls for the Inspector: one that is answered with this text in it, and one that is denied. */
  inspected: (directory: string) => { answered: Call; says: RegExp; denied: Call };
  /** What the Inspector has to say about the portability of its schemas, and we have decided to live with: `tool path`. */
  warnings?: readonly string[];
  /** What stands for a reader's own in the configurations of its README, and what the playground puts there. */
  examples: (directory: string) => Record<string, string>;
  /** What a reader fills in when they open its bundle. */
  filledIn: (directory: string) => Record<string, string | string[]>;
  /** Arguments for a client's configuration that runs this clone. */
  clone: readonly string[];
}
