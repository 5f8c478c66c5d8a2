/** What the JSON-RPC methods work on, and how they find the block that a request names. */
import { z } from 'zod'
import type { Felt } from '../../../domain/felt.ts'
import type { BlockHeader } from '../chain/block.ts'
import type { Chain, PreConfirmedBlock } from '../chain/chain.ts'
import type { StatePoint } from '../chain/chain-state.ts'
import type { Faults } from '../chain/faults.ts'
import { feltSchema } from '../chain/invoke-transaction.ts'
import type { VisibleChain } from '../chain/visible-chain.ts'
import type { Replay } from '../played/replay.ts'

/** Versions of Starknet's JSON-RPC that are served. */
export const SPEC_VERSIONS = ['0.9.0', '0.10.0'] as const
export type SpecVersion = (typeof SPEC_VERSIONS)[number]

/** Whose deviations from the specification are reproduced (docs/sandbox.md lists them). */
export type Quirks = 'katana'

/** How final a block is; everything in it is just as final. */
export type BlockFinality = 'PRE_CONFIRMED' | 'ACCEPTED_ON_L2' | 'ACCEPTED_ON_L1'

export type RpcContext = Readonly<{
  chain: Chain
  /** What goes wrong on demand. */
  faults: Faults
  /** The part of the chain that may be shown. */
  visible: VisibleChain
  spec: SpecVersion
  quirks: Quirks | null
  /** False where there is no pre-confirmed block: a request for it gets the latest block. */
  hasPreConfirmed: boolean
  /** Set when a finished chain is replayed; else null. */
  replay: Replay | null
  /** Whether each transaction has a block of its own. */
  minesInstantly: boolean
  /** Seals a block now; in a replay, shows the next one. */
  mine: () => BlockHeader
  /** Takes a transaction and, where each has a block of its own, seals it. */
  submit: Chain['submit']
  /** Cuts all WebSockets; returns how many there were. */
  disconnect: () => number
}>

export type BlockId =
  | Readonly<{ kind: 'number'; number: number }>
  | Readonly<{ kind: 'hash'; hash: Felt }>
  | Readonly<{ kind: 'tag'; tag: 'latest' | 'pre_confirmed' | 'l1_accepted' }>

const blockNumberSchema = z.object({ block_number: z.number().int().nonnegative() }).strict()
const blockHashSchema = z.object({ block_hash: feltSchema }).strict()
const blockTagSchema = z.enum(['latest', 'pre_confirmed', 'l1_accepted'])

/** `{block_number}`, `{block_hash}` or a tag. */
export const blockIdSchema = z.unknown().transform((value, context): BlockId => {
  const number = blockNumberSchema.safeParse(value)
  if (number.success) return { kind: 'number', number: number.data.block_number }
  const hash = blockHashSchema.safeParse(value)
  if (hash.success) return { kind: 'hash', hash: hash.data.block_hash }
  const tag = blockTagSchema.safeParse(value)
  if (tag.success) return { kind: 'tag', tag: tag.data }
  context.addIssue({
    code: 'custom',
    message:
      'must be {"block_number": …}, {"block_hash": …}, "latest", "pre_confirmed" or "l1_accepted"',
  })
  return z.NEVER
})

export type FoundBlock =
  | Readonly<{ kind: 'sealed'; header: BlockHeader }>
  | Readonly<{ kind: 'pre-confirmed'; block: PreConfirmedBlock }>

/**
 * The block that a request names; null when there is none. No block is accepted on L1 until a
 * control request says so.
 */
export const findBlock = (
  { visible, hasPreConfirmed }: RpcContext,
  id: BlockId,
): FoundBlock | null => {
  if (id.kind === 'tag' && id.tag === 'pre_confirmed' && hasPreConfirmed) {
    return { kind: 'pre-confirmed', block: visible.preConfirmed() }
  }
  const header = sealedHeader(visible, id)
  return header === null ? null : { kind: 'sealed', header }
}

const sealedHeader = (visible: VisibleChain, id: BlockId): BlockHeader | null => {
  switch (id.kind) {
    case 'number':
      return visible.header(id.number)
    case 'hash':
      return visible.headerByHash(id.hash)
    case 'tag':
      return id.tag === 'l1_accepted' ? visible.l1Accepted() : visible.head()
    default:
      return id satisfies never
  }
}

/** The state that a request asks for; null when there is no such block. */
export const findState = (context: RpcContext, id: BlockId): StatePoint | null => {
  const found = findBlock(context, id)
  if (found === null) return null
  return found.kind === 'pre-confirmed'
    ? context.visible.preConfirmedState()
    : { after: found.header }
}

/** How final a sealed block is, by its number; null stands for the pre-confirmed one. */
export const finalityOf = (
  { visible }: Pick<RpcContext, 'visible'>,
  block: number | null,
): BlockFinality => {
  if (block === null) return 'PRE_CONFIRMED'
  return visible.isOnL1(block) ? 'ACCEPTED_ON_L1' : 'ACCEPTED_ON_L2'
}
