/**
 * The sandbox's own chain, known by its id: what is signed for it with its public keys is valid
 * nowhere else.
 */
import { type Felt, feltOfShortString } from './felt.ts'

/** Chain id of every sandbox, whatever its seed. */
// ASCII, 17 characters.
export const SANDBOX_CHAIN_ID = feltOfShortString('CHRONOHEX_SANDBOX') as Felt
