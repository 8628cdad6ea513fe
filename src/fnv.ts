const OFFSET_BASIS = 0x811c9dc5;
const PRIME = 0x01000193;

/**
 * The 32-bit FNV-1a hash of a text's UTF-8 bytes, as an unsigned number.
 *
 * For: turning a folder path into a port that every instance on a host computes alike.
 * Formula: draft-eastlake-fnv, "FNV-1a", 32-bit offset basis and prime.
 */
export const fnv1a32 = (text: string): number => {
  let hash = OFFSET_BASIS;
  for (const byte of new TextEncoder().encode(text)) hash = Math.imul(hash ^ byte, PRIME);
  return hash >>> 0;
};
