import type { Visitor } from '../clients.ts';
import type { Step } from '../diary.ts';

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
  /** Arguments for a client's configuration that anybody may paste. */
  example: { clone: readonly string[]; npm: readonly string[] };
}
