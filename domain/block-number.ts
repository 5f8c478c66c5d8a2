/**
 * A stored block as a number to reckon with. The API gives null for one beyond 2^53 - 1: a block
 * that never comes.
 */
export const blockOrNever = (block: number | null): number => block ?? Number.MAX_SAFE_INTEGER
