/**
 * What a transaction must satisfy before the chain accepts it, in the order in which a sequencer
 * checks. The rejections have the names of JSON-RPC's errors; infra/sandbox/rpc/errors.ts gives them their codes.
 */
import type { Felt } from '../../../domain/felt.ts'
import type { SandboxAccount } from './accounts.ts'
import { type AdmittedTransaction, admittedOf } from './execution.ts'
import { boundsFault, l2GasOf } from './fees.ts'
import {
  INVOKE_VERSION,
  type InvokeTransaction,
  invokeTransactionHash,
} from './invoke-transaction.ts'
import { type SignatureVerifier, signatureVerifier } from './stark-signature.ts'

export type AdmissionRejection =
  | 'UNSUPPORTED_TX_VERSION'
  | 'NON_ACCOUNT'
  | 'DUPLICATE_TX'
  | 'INVALID_TRANSACTION_NONCE'
  | 'REPLACEMENT_TRANSACTION_UNDERPRICED'
  | 'INSUFFICIENT_RESOURCES_FOR_VALIDATE'
  | 'VALIDATION_FAILURE'
  | 'UNEXPECTED_ERROR'

export type Rejected = Readonly<{ rejected: AdmissionRejection; reason: string }>

const rejected = (code: AdmissionRejection, reason: string): Rejected => ({
  rejected: code,
  reason,
})

/** Verifiers by account, created when an account is first used: each takes 5 ms and 150 kB. */
export const accountVerifiers = (
  accounts: readonly SandboxAccount[],
): ((address: Felt) => SignatureVerifier | null) => {
  const publicKeys = new Map(accounts.map(({ address, publicKey }) => [address, publicKey]))
  const verifiers = new Map<Felt, SignatureVerifier>()
  return (address) => {
    const publicKey = publicKeys.get(address)
    if (publicKey === undefined) return null
    const verifier = verifiers.get(address) ?? signatureVerifier(publicKey)
    verifiers.set(address, verifier)
    return verifier
  }
}

/** Whether an account's two-felt signature over a message is right. */
export const isSignedBy = (
  verifier: SignatureVerifier,
  message: Felt,
  signature: readonly Felt[],
): boolean => {
  const [r, s, ...rest] = signature
  return (
    r !== undefined &&
    s !== undefined &&
    rest.length === 0 &&
    verifier(BigInt(message), BigInt(r), BigInt(s))
  )
}

export type AdmissionFacts = Readonly<{
  chainId: Felt
  verifierOf: (address: Felt) => SignatureVerifier | null
  /** The nonce that the account's next transaction must have, counting pending transactions. */
  nextNonce: (address: Felt) => number
  isKnown: (transactionHash: Felt) => boolean
  /**
   * The account's transaction with this nonce if it is in the mempool and no block has chosen it
   * yet; else null.
   */
  replaceable: (address: Felt, nonce: Felt) => InvokeTransaction | null
  /** Whether any contract stands at the address, an account or another one. */
  isContract: (address: Felt) => boolean
}>

/** By how many percent tip and price must exceed those of the transaction that is replaced. */
const ESCALATION_PERCENT = 10n

const isEscalated = (before: Felt, after: Felt): boolean =>
  BigInt(after) * 100n >= BigInt(before) * (100n + ESCALATION_PERCENT)

/** Whether a transaction may replace the waiting one with the same nonce. */
const mayReplace = (waiting: InvokeTransaction, transaction: InvokeTransaction): boolean =>
  isEscalated(waiting.tip, transaction.tip) &&
  isEscalated(
    waiting.resource_bounds.l2_gas.max_price_per_unit,
    transaction.resource_bounds.l2_gas.max_price_per_unit,
  )

/**
 * Hash, duplicate and nonce: cheap to check. Duplicates come first, so that a transaction that was
 * sent twice is reported as known and not as one with an old nonce.
 */
const identityFault = (
  transaction: InvokeTransaction,
  hash: Felt,
  facts: AdmissionFacts,
): Rejected | null => {
  if (facts.isKnown(hash)) return rejected('DUPLICATE_TX', `transaction ${hash} is already known`)
  const waiting = facts.replaceable(transaction.sender_address, transaction.nonce)
  if (waiting !== null) {
    if (mayReplace(waiting, transaction)) return null
    const reason = `tip and l2_gas max_price_per_unit must be ${ESCALATION_PERCENT} % above those of the waiting one`
    return rejected('REPLACEMENT_TRANSACTION_UNDERPRICED', reason)
  }
  const expected = facts.nextNonce(transaction.sender_address)
  return BigInt(transaction.nonce) === BigInt(expected)
    ? null
    : rejected(
        'INVALID_TRANSACTION_NONCE',
        `account ${transaction.sender_address} is at nonce 0x${expected.toString(16)}, the transaction has ${transaction.nonce}`,
      )
}

/** Admits a transaction, or says why not. */
export const admit = (
  transaction: InvokeTransaction,
  facts: AdmissionFacts,
): AdmittedTransaction | Rejected => {
  if (transaction.version !== INVOKE_VERSION) {
    return rejected(
      'UNSUPPORTED_TX_VERSION',
      `version ${transaction.version} is not ${INVOKE_VERSION}`,
    )
  }
  const verifier = facts.verifierOf(transaction.sender_address)
  if (verifier === null) {
    const { sender_address } = transaction
    return facts.isContract(sender_address)
      ? rejected('NON_ACCOUNT', `the contract at ${sender_address} is no account`)
      : // A sequencer discovers this when it runs `__validate__`.
        rejected(
          'VALIDATION_FAILURE',
          `Requested contract address ${sender_address} is not deployed.`,
        )
  }
  const hash = invokeTransactionHash(transaction, facts.chainId)
  const identity = identityFault(transaction, hash, facts)
  if (identity !== null) return identity
  const admitted = admittedOf(hash, transaction)
  if (admitted === null) {
    return rejected(
      'VALIDATION_FAILURE',
      'calldata is not [n, (to, selector, length, …arguments) × n]',
    )
  }
  const bounds = boundsFault(
    transaction.resource_bounds,
    l2GasOf(admitted.calls.length, transaction.calldata.length),
  )
  if (bounds !== null) return rejected('INSUFFICIENT_RESOURCES_FOR_VALIDATE', bounds)
  if (!isSignedBy(verifier, hash, transaction.signature)) {
    return rejected(
      'VALIDATION_FAILURE',
      `the signature is not the account's over transaction hash ${hash}`,
    )
  }
  return admitted
}
