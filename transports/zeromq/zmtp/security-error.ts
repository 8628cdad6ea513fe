/** The peer speaks ZMTP, and its security is another than ours: no later attempt mends that by itself. The message is half a sentence. */
export class SecurityError extends Error {}
