/** What the JSON-RPC methods work on, and how they find the block that a request means. */
import { z } from 'zod'
import type { Felt } from '../../domain/felt.ts'
import type { BlockHeader } from './block.ts'
import type { Chain, PreConfirmedBlock } from './chain.ts'
import { feltSchema } from './invoke-transaction.ts'

export type RpcContext = Readonly<{
  chain: Chain
  /** Seals a block now. */
  mine: () => BlockHeader
  /** Takes a transaction and, where each has a block of its own, seals it. */
  submit: Chain['submit']
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
    message: 'must be {"block_number": …}, {"block_hash": …}, "latest", "pre_confirmed" or "l1_accepted"',
  })
  return z.NEVER
})

export type FoundBlock =
  | Readonly<{ kind: 'sealed'; header: BlockHeader }>
  | Readonly<{ kind: 'pre-confirmed'; block: PreConfirmedBlock }>

/** The block that is meant; null when there is none. The sandbox has no L1, so no block is accepted there. */
export const findBlock = ({ chain }: RpcContext, id: BlockId): FoundBlock | null => {
  if (id.kind === 'tag' && id.tag === 'pre_confirmed') return { kind: 'pre-confirmed', block: chain.preConfirmed() }
  const header = sealedHeader(chain, id)
  return header === null ? null : { kind: 'sealed', header }
}

const sealedHeader = (chain: Chain, id: BlockId): BlockHeader | null => {
  switch (id.kind) {
    case 'number':
      return id.number > chain.head().number ? null : chain.store.header(id.number)
    case 'hash':
      return chain.store.headerByHash(id.hash)
    case 'tag':
      return id.tag === 'latest' ? chain.head() : null
    default:
      return id satisfies never
  }
}

/** Which state a request asks for. State is kept after the last block alone; null means an older block, or none. */
export const findState = (context: RpcContext, id: BlockId): 'latest' | 'pre-confirmed' | null => {
  const found = findBlock(context, id)
  if (found === null) return null
  if (found.kind === 'pre-confirmed') return 'pre-confirmed'
  return found.header.number === context.chain.head().number ? 'latest' : null
}

/** Said beside BLOCK_NOT_FOUND when the block may well exist. */
export const NO_SUCH_STATE = 'state is kept after the latest block only'
