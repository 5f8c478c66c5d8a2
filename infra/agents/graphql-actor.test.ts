import { describe, expect, it } from 'vitest'
import type { Client } from '../../api/client/client.ts'
import { FatalError, RetryableError } from '../../domain/errors.ts'
import { createGraphqlActor } from './graphql-actor.ts'

const request = {
  account: '0xa',
  action: { entrypoint: 'regenerate_energy', args: { adventurer_id: '0x1' } },
  key: 'bot-7-regenerate_energy',
} as const

type State = readonly [state: string, reason?: string]

const commandOf = ([state, reason]: State) => ({
  id: 'c1',
  state,
  isFinal: ['CONFIRMED', 'REFUSED', 'REVERTED', 'EXPIRED'].includes(state),
  block: 9,
  reason: reason ?? null,
})

/**
 * A server that gives these answers to submissions, and these streams of states to followers, each
 * in turn.
 */
const fakeClient = (submissions: readonly unknown[], streams: readonly (readonly State[])[]) => {
  const inputs: unknown[] = []
  let followed = 0
  const query = async (_: string, { input }: Readonly<{ input: unknown }>): Promise<unknown> => {
    const answer = submissions[inputs.length]
    inputs.push(input)
    if (answer instanceof Error) throw answer
    return { submitCommand: answer }
  }
  async function* subscribe(): AsyncGenerator<unknown, void, undefined> {
    for (const state of streams[followed++] ?? [])
      yield { commandChanged: { command: commandOf(state) } }
  }
  return { client: { query, subscribe } as unknown as Client, inputs } // all that the actor uses
}

const requested = { __typename: 'Command', ...commandOf(['REQUESTED']) }

const act = (client: Client, onSent?: () => void) =>
  createGraphqlActor(client, () => 0)(request, new AbortController().signal, onSent)

describe('the actor', () => {
  it('submits a command and resolves with its end, telling once when it was sent', async () => {
    const { client, inputs } = fakeClient(
      [requested],
      [[['REQUESTED'], ['SIGNED'], ['SUBMITTED'], ['CONFIRMED']]],
    )
    let sent = 0
    expect(await act(client, () => (sent += 1))).toEqual({ accepted: true, block: 9, reason: null })
    expect(sent).toBe(1)
    expect(inputs).toEqual([
      {
        entrypoint: 'regenerate_energy',
        args: { adventurer_id: '0x1' },
        account: '0xa',
        idempotencyKey: request.key,
      },
    ])
  })

  it('gives the reason of a command that the game refused, or that was not taken', async () => {
    const refused = fakeClient([requested], [[['SUBMITTED'], ['REFUSED', 'LOW_ENERGY']]])
    expect(await act(refused.client)).toEqual({ accepted: false, block: 9, reason: 'LOW_ENERGY' })
    const rejection = { __typename: 'CommandRejection', code: 'TOO_MANY_PENDING', message: '' }
    expect(await act(fakeClient([rejection], []).client)).toMatchObject({
      accepted: false,
      reason: 'TOO_MANY_PENDING',
    })
  })

  it('submits again under the same key when the answer was lost', async () => {
    const { client, inputs } = fakeClient(
      [new RetryableError('lost'), requested],
      [[['CONFIRMED']]],
    )
    expect((await act(client)).accepted).toBe(true)
    expect(inputs[1]).toEqual(inputs[0])
  })

  it('goes on following when the server ends the subscription before the command has ended', async () => {
    const { client } = fakeClient(
      [requested],
      [
        [['REQUESTED'], ['SUBMITTED']],
        [['SUBMITTED'], ['CONFIRMED']],
      ],
    )
    let sent = 0
    expect((await act(client, () => (sent += 1))).accepted).toBe(true)
    expect(sent).toBe(1)
  })

  it('throws what trying again cannot help', async () => {
    await expect(act(fakeClient([new FatalError('no token')], []).client)).rejects.toThrow(
      'no token',
    )
  })
})
