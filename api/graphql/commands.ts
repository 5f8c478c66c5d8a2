/**
 * Commands: submitting them, which needs the operator's token, and following what becomes of them.
 */
import type { CommandView, SubmitCommand } from '../../commands/command-gate.ts'
import { isRejection } from '../../domain/decider.ts'
import type { Json, JsonObject } from '../../domain/event-log/event-log.ts'
import type { Felt } from '../../domain/felt.ts'
import { codedError, userInputError } from '../errors.ts'
import { abortable } from '../subscriptions/abortable.ts'
import { type Resolver, streamField } from './resolver.ts'

type SubmitInput = Readonly<{
  entrypoint: string
  args: Json
  account?: Felt | null
  idempotencyKey?: string | null
}>
type SubmitResult = CommandView | Readonly<{ code: string; message: string }>
type CommandChange = Readonly<{ revision: number; command: CommandView }>

const COMMAND_ID = /^[A-Za-z0-9_-]{1,100}$/
const IDEMPOTENCY_KEY = /^[A-Za-z0-9_-]{1,64}$/

export const submitCommand: Resolver<Readonly<{ input: SubmitInput }>, SubmitResult> = async (
  _root,
  { input },
  { isOperator, gate },
) => {
  if (!isOperator) {
    const how = 'send it as Authorization: Bearer …, or as {"token": …} when a WebSocket connects'
    throw codedError('UNAUTHENTICATED', `Commands need the operator token: ${how}`, 401)
  }
  const outcome = await gate.submit(checkedCommand(input))
  return isRejection(outcome) ? { code: outcome.rejected, message: outcome.reason } : outcome
}

const checkedCommand = ({
  entrypoint,
  args,
  account,
  idempotencyKey,
}: SubmitInput): SubmitCommand => {
  if (!isJsonObject(args)) throw userInputError('args must be an object with the arguments by name')
  if (idempotencyKey && !IDEMPOTENCY_KEY.test(idempotencyKey)) {
    throw userInputError('idempotencyKey must be 1 to 64 of A-Z a-z 0-9 _ -')
  }
  return {
    entrypoint,
    args,
    ...(account ? { account } : {}),
    ...(idempotencyKey ? { idempotencyKey } : {}),
  }
}

const isJsonObject = (value: Json): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** How a member of SubmitCommandResult is told from the other. */
export const submitResultType = (result: SubmitResult): 'Command' | 'CommandRejection' =>
  'code' in result ? 'CommandRejection' : 'Command'

export const command: Resolver<Readonly<{ id: string }>, CommandView | null> = (
  _root,
  { id },
  { gate },
) => (COMMAND_ID.test(id) ? gate.find(id) : null)

export const commandChanged = streamField<Readonly<{ id: string }>, CommandChange>(
  async (_root, { id }, { gate, signal }) => {
    const known = COMMAND_ID.test(id) ? await gate.find(id) : null
    if (known === null) throw userInputError('There is no command with this id')
    return abortable((inner) => steps(gate.follow(id, inner)), signal)
  },
)

/** `abortable` ends generators, and a gate gives any iterable. */
async function* steps(
  changes: AsyncIterable<CommandChange>,
): AsyncGenerator<CommandChange, void, undefined> {
  yield* changes
}
