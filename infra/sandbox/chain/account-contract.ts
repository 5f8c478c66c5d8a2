/**
 * The contract of the sandbox's accounts: OpenZeppelin's, which Katana deploys, with its views and
 * its storage. There is no Cairo: `__validate__` is admission.ts, and `__execute__` is
 * execution.ts.
 */
import { hash } from 'starknet'
import { FatalError } from '../../../domain/errors.ts'
import { type Felt, parseFelt, spellFelt } from '../../../domain/felt.ts'
import { selectorOfName } from '../../../schemas/crypto/starknet.ts'
import { shortString } from '../../../schemas/worlds/short-string.ts'
import type { SandboxAccount } from './accounts.ts'

const VALID = spellFelt(shortString('VALID'))
const TRUE: Felt = '0x1'
const FALSE: Felt = '0x0'

/** Ids of SRC-5 (introspection) and SRC-6 (accounts), as those standards print them. */
const SRC5_ID: Felt = '0x3f918d17e5ee77373b56385708f855659a07f75997f365cf87748628532a055'
const SRC6_ID: Felt = '0x2ceccef7f994940b3962a6c67e0ba4fcd37df7d131417c604f91e03caecc1cd'

/** What a view answers, or why the contract panics. */
type Answered = Readonly<{ result: readonly Felt[] }> | Readonly<{ panic: string }>

/** Says whether an account's signature over a message is right. */
type SignatureCheck = (message: Felt, signature: readonly Felt[]) => boolean

type View = (
  account: SandboxAccount,
  calldata: readonly Felt[],
  isSigned: SignatureCheck,
) => Answered

const TOO_SHORT = { panic: 'Input too short for arguments' } as const
const TOO_LONG = { panic: 'Input too long for arguments' } as const

const publicKey: View = (account, calldata) =>
  calldata.length === 0 ? { result: [account.publicKey] } : TOO_LONG

const isValidSignature: View = (_, calldata, isSigned) => {
  const [message, length, ...signature] = calldata
  if (message === undefined || length === undefined || BigInt(length) > BigInt(signature.length))
    return TOO_SHORT
  if (BigInt(length) < BigInt(signature.length)) return TOO_LONG
  return { result: [isSigned(message, signature) ? VALID : FALSE] }
}

const supportsInterface: View = (_, [id, ...more]) => {
  if (id === undefined) return TOO_SHORT
  return more.length > 0 ? TOO_LONG : { result: [id === SRC5_ID || id === SRC6_ID ? TRUE : FALSE] }
}

const VIEWS: ReadonlyMap<Felt, View> = new Map([
  [selectorOfName('get_public_key'), publicKey],
  [selectorOfName('getPublicKey'), publicKey],
  [selectorOfName('is_valid_signature'), isValidSignature],
  [selectorOfName('isValidSignature'), isValidSignature],
  [selectorOfName('supports_interface'), supportsInterface],
  [selectorOfName('supportsInterface'), supportsInterface],
])

/** Calls a view; null when the contract has no such entrypoint. */
export const callAccountView = (
  account: SandboxAccount,
  selector: Felt,
  calldata: readonly Felt[],
  isSigned: SignatureCheck,
): Answered | null => VIEWS.get(selector)?.(account, calldata, isSigned) ?? null

const slotOfMap = (variable: string, key: Felt): Felt => {
  const slot = parseFelt(hash.computePedersenHash(selectorOfName(variable), key))
  if (slot === null) throw new FatalError('starknet.js computed a Pedersen hash that is no felt')
  return slot
}

const PUBLIC_KEY_SLOT = selectorOfName('Account_public_key')
const SRC6_SLOT = slotOfMap('SRC5_supported_interfaces', SRC6_ID)

/**
 * The value in a storage slot of an account: its public key, the interface that it registered, zero
 * elsewhere.
 */
export const accountStorage = (account: SandboxAccount, slot: Felt): Felt => {
  if (slot === PUBLIC_KEY_SLOT) return account.publicKey
  return slot === SRC6_SLOT ? TRUE : FALSE
}
