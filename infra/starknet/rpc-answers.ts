/**
 * Answers of a Starknet node as far as ingest reads them (JSON-RPC 0.8 to 0.10); everything else in
 * them is ignored.
 */
import { z } from 'zod'
import { RetryableError } from '../../domain/errors.ts'
import { type Felt, parseFelt } from '../../domain/felt.ts'

/** A felt, brought into its canonical spelling. */
export const felt = z.string().transform((text, context): Felt => {
  const parsed = parseFelt(text)
  if (parsed !== null) return parsed
  context.addIssue({ code: 'custom', message: 'not a felt' })
  return z.NEVER
})

const height = z.int().min(0)

/** Pre-confirmed blocks have no hash and another status, and so do not parse. */
const header = z.object({
  status: z.enum(['ACCEPTED_ON_L2', 'ACCEPTED_ON_L1']),
  block_hash: felt,
  parent_hash: felt,
  block_number: height,
  timestamp: height,
})

/** `starknet_getBlockWithTxHashes`, as far as the header goes. */
export const blockHeaderAnswer = header
/** The same, read. `timestamp` is in seconds since 1970. */
export type BlockHeaderAnswer = z.output<typeof header>

/** Felts of events are left as text here: most of a block's events are not the world's. */
const receipt = z.object({
  transaction_hash: felt,
  events: z.array(
    z.object({ from_address: felt, keys: z.array(z.string()), data: z.array(z.string()) }),
  ),
})

/** `starknet_getBlockWithReceipts`. */
export const blockWithReceiptsAnswer = header.extend({
  transactions: z.array(z.object({ receipt })),
})
/** The same, read; receipts are in the order of the block. */
export type BlockWithReceiptsAnswer = z.output<typeof blockWithReceiptsAnswer>

/**
 * Events are only counted by block here; what they say is read from the receipts, which know the
 * order.
 */
export const eventsAnswer = z.object({
  events: z.array(z.object({ block_number: height, block_hash: felt })),
  continuation_token: z.string().nullish(),
})

/** `starknet_chainId`. */
export const chainIdAnswer = felt

/**
 * The answer in its shape. Throws a RetryableError, of the class given, naming what was wrong:
 * another try may reach a better node.
 */
export const parsedAnswer = <Shape extends z.ZodType>(
  shape: Shape,
  answer: unknown,
  what: string,
  Failure: new (message: string) => RetryableError = RetryableError,
): z.output<Shape> => {
  const parsed = shape.safeParse(answer)
  if (parsed.success) return parsed.data
  const [issue] = parsed.error.issues
  const where = issue?.path.join('.') ?? ''
  throw new Failure(
    `${what}: the node's answer is not as specified at "${where}": ${issue?.message}`,
  )
}
