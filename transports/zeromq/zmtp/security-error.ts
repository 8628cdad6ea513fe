/** The peer speaks ZMTP, and its security is another than ours: no later attempt mends that by itself. The message is half a sentence. */
export class SecurityError extends Error {
  /** It said so. Otherwise it hung up before it did, which a process that dies may do once. */
  readonly isCertain: boolean;

  constructor(message: string, isCertain: boolean) {
    super(message);
    this.isCertain = isCertain;
  }
}
