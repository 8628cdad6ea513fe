/** A folder that is renamed while its lock is held: its name and its instances stay what they are. */

import { renameSync } from "node:fs";
import type { Fault } from "./faults.ts";

export const folderRenamed: Fault = {
  name: "folder renamed",
  applies: ({ bus }) => bus === "zeromq",
  paralyses: false,
  hinders: true,
  strike({ workdir }) {
    const renamed = `${workdir}.renamed`;
    renameSync(workdir, renamed);
    const undo = (): Promise<void> => {
      renameSync(renamed, workdir);
      return Promise.resolve();
    };
    return Promise.resolve({ undo });
  },
};
