/** Orders: commands that were given on this page, from being asked for to their end. */
import { messageOf, RetryableError } from '../../../domain/errors.ts'
import type { JsonObject } from '../../../domain/event-log/event-log.ts'
import { NEVER } from '../../../domain/waiting/pause.ts'
import { persistently } from '../../../domain/waiting/persistently.ts'
import {
  type CommandProgressFragment,
  commandChangedDocument,
  submitCommandDocument,
} from '../../../schemas/graphql/documents.ts'
import type { CommandState } from '../../../schemas/graphql/types.ts'
import type { Client } from '../../client/client.ts'

/** `SENDING` until the server has answered; then the command's own. */
export type OrderState = 'SENDING' | CommandState

/** One command as the list of commands shows it. */
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

/** What a person asks for. */
export type OrderDraft = Readonly<{
  entrypoint: string
  title: string
  args: JsonObject
  /** Null for the operator's own account. */
  account: string | null
}>

const FOLLOW_LOSSES_MAX = 20

const stepOf = (command: CommandProgressFragment): Partial<Order> => {
  const { state, isFinal, reason, account, block } = command
  return { state, isFinal, reason, account, block }
}

const followOrder = async (
  client: Client,
  id: string,
  onStep: (step: Partial<Order>) => void,
): Promise<void> => {
  const follow = async (): Promise<void> => {
    for await (const { commandChanged } of client.subscribe(commandChangedDocument, { id })) {
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
    const { submitCommand } = await client.query(submitCommandDocument, {
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
