import { describe, expect, it } from 'vitest'
import { answerOf, ask, createSmallApi, GRAPHQL_URL, OPERATOR_TOKEN } from '../api.testing.ts'

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/
const BEARER = { authorization: `Bearer ${OPERATOR_TOKEN}` }

describe('commands', () => {
  const submit =
    'mutation ($input: SubmitCommandInput!) { submitCommand(input: $input) { __typename ... on Command { id state requestedAt } ... on CommandRejection { code message } } }'
  const input = {
    entrypoint: 'move_adventurer',
    args: { adventurer_id: '0x1', to_hex_coordinate: { q: 1, r: 0 } },
    idempotencyKey: 'k-1',
  }

  it('need the operator token', async () => {
    const { api, submitted } = createSmallApi()
    for (const authorization of [
      '',
      'Bearer',
      'Bearer wrong',
      `Basic ${OPERATOR_TOKEN}`,
      OPERATOR_TOKEN,
    ]) {
      const headers: Record<string, string> = authorization === '' ? {} : { authorization }
      expect(await ask(api, submit, { input }, headers)).toMatchObject({
        status: 401,
        codes: ['UNAUTHENTICATED'],
      })
    }
    expect(submitted).toEqual([])
    expect((await ask(api, submit, { input }, BEARER)).data).toEqual({
      submitCommand: {
        __typename: 'Command',
        id: expect.stringMatching(UUID),
        state: 'REQUESTED',
        requestedAt: expect.stringMatching(/^20\d\d-.*Z$/),
      },
    })
    expect(submitted).toEqual([input])
    await api.close()
  })

  it('are refused with a code as a value, or as bad input', async () => {
    const { api, submitted } = createSmallApi()
    const unknown = await ask(api, submit, { input: { entrypoint: 'fly', args: {} } }, BEARER)
    expect(unknown.data).toMatchObject({
      submitCommand: { __typename: 'CommandRejection', code: 'UNKNOWN_ENTRYPOINT' },
    })
    submitted.length = 0
    for (const bad of [
      { args: [] },
      { args: 'x' },
      { args: 1 },
      { idempotencyKey: 'a b' },
      { idempotencyKey: 'k'.repeat(65) },
    ]) {
      expect((await ask(api, submit, { input: { ...input, ...bad } }, BEARER)).codes).toEqual([
        'BAD_USER_INPUT',
      ])
    }
    expect(submitted).toEqual([])
    await api.close()
  })

  it('can be read by anybody, and are null when unknown', async () => {
    const { api } = createSmallApi()
    const query = 'query ($id: ID!) { command(id: $id) { id state isFinal nonce } }'
    const { data } = await ask(api, submit, { input }, BEARER)
    const known = (data as unknown as { submitCommand: { id: string } }).submitCommand.id // as asked
    expect((await ask(api, query, { id: known })).data).toEqual({
      command: { id: known, state: 'REQUESTED', isFinal: false, nonce: null },
    })
    for (const id of ['other', '', '../x', 'x'.repeat(1_000)])
      expect((await ask(api, query, { id })).data).toEqual({ command: null })
    await api.close()
  })

  it('cannot be sent by GET', async () => {
    const { api, submitted } = createSmallApi()
    const url = new URL(GRAPHQL_URL)
    url.searchParams.set(
      'query',
      'mutation { submitCommand(input: { entrypoint: "move_adventurer", args: {} }) { __typename } }',
    )
    const answer = await answerOf(await api.fetch(new Request(url, { headers: BEARER })))
    expect(answer).toMatchObject({ status: 405, codes: ['BAD_REQUEST'] })
    expect(submitted).toEqual([])
    await api.close()
  })
})
