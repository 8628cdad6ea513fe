/** Writes a line into the trace of a run. Lines are made only where somebody wants to read them. */
export type Note = (line: () => string) => void;
