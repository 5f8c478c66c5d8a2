/** Orders: commands that were given on this page, from being asked for to their end. */
import { messageOf, RetryableError } from '../../../domain/errors.ts'
import { NEVER } from '../../../domain/waiting/pause.ts'
import { persistently } from '../../../domain/waiting/persistently.ts'
import type { Client } from '../../client/client.ts'
import { COMMAND_CHANGED, SUBMIT } from './documents.ts'

export type OrderState =
  | 'SENDING'
  | 'REQUESTED'
  | 'SIGNED'
  | 'SUBMITTED'
  | 'CONFIRMED'
  | 'REFUSED'
  | 'REVERTED'
  | 'EXPIRED'

export type Order = Readonly<{
  /** Idempotency key, made on this page: a repeated sending is the same command. */
  key: string
  entrypoint: string
  /** What it is, in words. */
  title: string
  state: OrderState
  isFinal: boolean
  /** Code or text of why it did not work; null as long as it may. */
  reason: string | null
  /** Address of the account that signs, once known. */
  account: string | null
  block: number | null
}>

export type OrderDraft = Readonly<{
  entrypoint: string
  title: string
  args: Readonly<Record<string, unknown>>
  /** Null for the operator's own account. */
  account: string | null
}>

type CommandNode = Readonly<{
  id: string
  account: string
  state: Exclude<OrderState, 'SENDING'>
  isFinal: boolean
  block: number | null
  reason: string | null
}>
type Submitted =
  | (Readonly<{ __typename: 'Command' }> & CommandNode)
  | Readonly<{ __typename: 'CommandRejection'; code: string; message: string }>

const FOLLOW_LOSSES_MAX = 20

const stepOf = ({ state, isFinal, reason, account, block }: CommandNode): Partial<Order> => ({
  state,
  isFinal,
  reason,
  account,
  block,
})

const followOrder = async (
  client: Client,
  id: string,
  onStep: (step: Partial<Order>) => void,
): Promise<void> => {
  const follow = async (): Promise<void> => {
    for await (const { commandChanged } of client.subscribe<{
      commandChanged: { command: CommandNode }
    }>(COMMAND_CHANGED, { id })) {
      onStep(stepOf(commandChanged.command))
      if (commandChanged.command.isFinal) return
    }
    throw new RetryableError(`Command ${id} was followed no further, though it has not ended`)
  }
  try {
    await persistently(follow, NEVER, { failuresMax: FOLLOW_LOSSES_MAX })
  } catch (error) {
    if (!(error instanceof RetryableError)) throw error
    onStep({ reason: 'the connection to the server was lost for too long to follow this command' })
  }
}

/**
 * Sends an order and follows it to its end; `onStep` is told each step. Never throws: trouble ends
 * the order.
 */
export const giveOrder = async (
  client: Client,
  key: string,
  draft: OrderDraft,
  onStep: (step: Partial<Order>) => void,
): Promise<void> => {
  try {
    const { entrypoint, args, account } = draft
    const { submitCommand } = await client.query<{ submitCommand: Submitted }>(SUBMIT, {
      input: { entrypoint, args, idempotencyKey: key, ...(account === null ? {} : { account }) },
    })
    if (submitCommand.__typename === 'CommandRejection') {
      onStep({
        state: 'REFUSED',
        isFinal: true,
        reason: submitCommand.code || submitCommand.message,
      })
      return
    }
    onStep(stepOf(submitCommand))
    if (!submitCommand.isFinal) await followOrder(client, submitCommand.id, onStep)
  } catch (error) {
    onStep({ state: 'EXPIRED', isFinal: true, reason: messageOf(error) })
  }
}
