/**
 * Acting through the public GraphQL API: the mutation that takes a command, and the subscription
 * that follows it.
 */
import type { Act, ActionEnd, ActionRequest } from '../../agents/act.ts'
import type { Client } from '../../api/client/client.ts'
import { RetryableError } from '../../domain/errors.ts'
import { persistently } from '../../domain/waiting/persistently.ts'
import {
  type CommandProgressFragment,
  commandChangedDocument,
  submitCommandDocument,
} from '../../schemas/graphql/documents.ts'

/**
 * Acts through a client that bears the operator token. `random` (0 ≤ … < 1) jitters what is tried
 * again.
 */
export const createGraphqlActor = (client: Client, random: () => number): Act => {
  const submit = async ({ account, action, key }: ActionRequest, signal: AbortSignal) => {
    const input = { entrypoint: action.entrypoint, args: action.args, account, idempotencyKey: key }
    // Whether a lost one arrived is unknown, and does not matter: the key makes it the same command.
    const { submitCommand } = await persistently(
      () => client.query(submitCommandDocument, { input }, { signal }),
      signal,
      { random },
    )
    return submitCommand
  }

  return async (request, signal, onSent) => {
    const answer = await submit(request, signal)
    if (answer.__typename === 'CommandRejection')
      return { accepted: false, block: 0, reason: answer.code }
    if (answer.isFinal) return endOf(answer)
    const onState = tellOnce(onSent)
    const follow = () => followToEnd(client, answer.id, signal, onState)
    return endOf(await persistently(follow, signal, { random }))
  }
}

const endOf = ({ state, block, reason }: CommandProgressFragment): ActionEnd => ({
  accepted: state === 'CONFIRMED',
  block: block ?? 0,
  reason: state === 'CONFIRMED' ? null : (reason ?? state),
})

const UNSENT: ReadonlySet<string> = new Set(['REQUESTED', 'SIGNED'])

/** Tells of the first state in which the command has been sent, and of no other. */
const tellOnce = (onSent: (() => void) | undefined): ((state: string) => void) => {
  let isTold = false
  return (state) => {
    if (isTold || UNSENT.has(state)) return
    isTold = true
    onSent?.()
  }
}

/**
 * Follows until the command has ended. Throws RetryableError when the connection is lost, or when a
 * server that stops completes the subscription; a new one begins with the command as it is.
 */
const followToEnd = async (
  client: Client,
  id: string,
  signal: AbortSignal,
  onState: (state: string) => void,
): Promise<CommandProgressFragment> => {
  const changes = client.subscribe(commandChangedDocument, { id }, { signal })
  for await (const { commandChanged: change } of changes) {
    onState(change.command.state)
    if (change.command.isFinal) return change.command
  }
  throw new RetryableError(`Command ${id} was followed no further, though it has not ended`)
}
