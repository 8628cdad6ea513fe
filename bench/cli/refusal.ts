/** A command that cannot be carried out as it was given. Its message is a sentence for the user; the exit status is 2. */
export class Refusal extends Error {
  override readonly name: string = "Refusal";
}
