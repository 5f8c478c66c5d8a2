/**
 * Acting through the public GraphQL API: the mutation that takes a command, and the subscription
 * that follows it.
 */
import type { Act, ActionEnd, ActionRequest } from '../../agents/act.ts'
import type { Client } from '../../api/client/client.ts'
import { RetryableError } from '../../domain/errors.ts'
import { persistently } from '../../domain/waiting/persistently.ts'

const COMMAND = 'id state isFinal block reason'

export const SUBMIT_DOCUMENT = `mutation Submit($input: SubmitCommandInput!) {
  submitCommand(input: $input) {
    __typename
    ... on Command { ${COMMAND} }
    ... on CommandRejection { code message }
  }
}`

export const FOLLOW_DOCUMENT = `subscription Follow($id: ID!) {
  commandChanged(id: $id) { command { ${COMMAND} } }
}`

type CommandData = Readonly<{
  id: string
  state: string
  isFinal: boolean
  block: number | null
  reason: string | null
}>

type SubmitData = Readonly<{
  submitCommand:
    | (Readonly<{ __typename: 'Command' }> & CommandData)
    | Readonly<{ __typename: 'CommandRejection'; code: string; message: string }>
}>

type FollowData = Readonly<{ command: CommandData }>

/**
 * Acts through a client that bears the operator token. `random` (0 ≤ … < 1) jitters what is tried
 * again.
 */
export const createGraphqlActor = (client: Client, random: () => number): Act => {
  const submit = async ({ account, action, key }: ActionRequest, signal: AbortSignal) => {
    const input = { entrypoint: action.entrypoint, args: action.args, account, idempotencyKey: key }
    // Whether a lost one arrived is unknown, and does not matter: the key makes it the same command.
    const { submitCommand } = await persistently(
      () => client.query<SubmitData>(SUBMIT_DOCUMENT, { input }, { signal }),
      signal,
      { random },
    )
    return submitCommand
  }

  return async (request, signal, onSent) => {
    const answer = await submit(request, signal)
    if (answer.__typename === 'CommandRejection')
      return { accepted: false, block: 0, reason: answer.code }
    const command = answer.isFinal
      ? answer
      : await followToEnd(client, answer.id, random, signal, onSent)
    return endOf(command)
  }
}

const endOf = ({ state, block, reason }: CommandData): ActionEnd => ({
  accepted: state === 'CONFIRMED',
  block: block ?? 0,
  reason: state === 'CONFIRMED' ? null : (reason ?? state),
})

const UNSENT: ReadonlySet<string> = new Set(['REQUESTED', 'SIGNED'])

/**
 * The client resumes lost connections by itself; a server that stops completes the subscription
 * before the end.
 */
const followToEnd = async (
  client: Client,
  id: string,
  random: () => number,
  signal: AbortSignal,
  onSent?: () => void,
): Promise<CommandData> => {
  let isSent = false
  const follow = async (): Promise<CommandData> => {
    const changes = client.follow<FollowData & Readonly<{ __typename?: string; cursor?: string }>>(
      FOLLOW_DOCUMENT,
      () => ({ id }),
      { signal },
    )
    for await (const { command } of changes) {
      if (!isSent && !UNSENT.has(command.state)) {
        isSent = true
        onSent?.()
      }
      if (command.isFinal) return command
    }
    throw new RetryableError(`Command ${id} was followed no further, though it has not ended`)
  }
  return persistently(follow, signal, { random })
}
