/**
 * The one door to Starknet's pure functions: hashes, selectors and typed data. Everything here is
 * deterministic and needs no network; clients of a node live in infra/starknet/.
 */
import { hash } from 'starknet'
import { type Felt, parseFelt } from '../../domain/felt.ts'
import { hadesFirst, poseidonHash } from './hades.ts'

const canonical = (text: string): Felt => {
  const felt = parseFelt(text)
  if (felt === null) throw new TypeError(`starknet.js returned "${text}", which is not a felt`)
  return felt
}

/**
 * Poseidon over a span (`poseidon_hash_span`): entity ids, resource selectors, transaction hashes.
 */
export const poseidonOfSpan = (felts: readonly bigint[]): bigint => poseidonHash(felts)

/**
 * `hades3`: first output of the bare Hades permutation, the hash behind every id of the game.
 * Written H3(a,b,c) in game.md §3.11; called hades3 in code because H3 always means Uber's grid.
 */
export const hades3 = hadesFirst

/** `sn_keccak` of an ASCII name: selectors of entrypoints, members and raw events. */
export const selectorOfName = (name: string): Felt => canonical(hash.getSelectorFromName(name))

const WORD_BYTES = 31

const bigintOfBytes = (bytes: Uint8Array): bigint =>
  bytes.reduce((value, byte) => (value << 8n) | BigInt(byte), 0n)

/** Cairo's serialisation of a ByteArray: [full words, word…, pending word, pending length]. */
export const byteArrayFelts = (text: string): bigint[] => {
  const bytes = new TextEncoder().encode(text)
  const fullWords = Math.floor(bytes.length / WORD_BYTES)
  const words = Array.from({ length: fullWords }, (_, at) =>
    bigintOfBytes(bytes.subarray(at * WORD_BYTES, (at + 1) * WORD_BYTES)),
  )
  const pending = bytes.subarray(fullWords * WORD_BYTES)
  return [BigInt(fullWords), ...words, bigintOfBytes(pending), BigInt(pending.length)]
}

const hashOfText = (text: string): bigint => poseidonOfSpan(byteArrayFelts(text))

/** Selector of a Dojo resource with tag `<namespace>-<name>`. */
export const resourceSelector = (namespace: string, name: string): Felt =>
  `0x${poseidonOfSpan([hashOfText(namespace), hashOfText(name)]).toString(16)}`

/**
 * Dojo's entity id: Poseidon over the serialised keys. The same keys give the same id in every
 * model.
 */
export const entityIdOf = (keys: readonly bigint[]): Felt =>
  `0x${poseidonOfSpan(keys).toString(16)}`
