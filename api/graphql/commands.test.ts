import { describe, expect, it } from 'vitest'
import { answerOf, ask, createSmallApi, GRAPHQL_URL, OPERATOR_TOKEN } from '../api.testing.ts'

const BEARER = { authorization: `Bearer ${OPERATOR_TOKEN}` }

describe('commands', () => {
  const submit =
    'mutation ($input: SubmitCommandInput!) { submitCommand(input: $input) { __typename ... on Command { id state requestedAt } ... on CommandRejection { code message } } }'
  const input = {
    entrypoint: 'move_adventurer',
    args: { adventurer_id: '0x1' },
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
        id: 'new',
        state: 'REQUESTED',
        requestedAt: '2026-01-01T00:00:00.000Z',
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
    expect((await ask(api, query, { id: 'known' })).data).toMatchObject({
      command: { state: 'REQUESTED', nonce: null },
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
