import { expect, it } from 'vitest'
import { type Endpoints, summaryOf } from './endpoints.ts'

const endpoints: Endpoints = {
  dashboard: 'http://127.0.0.1:4400/#token=secret',
  graphql: 'http://127.0.0.1:4400/graphql',
  graphqlWs: 'ws://127.0.0.1:4400/graphql',
  graphiql: 'http://127.0.0.1:4400/graphql',
  rpc: 'http://127.0.0.1:5050',
  tokenFile: '/data/operator-token',
  dataFolder: '/data',
  pid: 1,
  chainId: 'CHRONOHEX_SANDBOX',
  worldAddress: '0x1',
}

it('the token is shown on a terminal, elsewhere the file that it is in', () => {
  const shown = summaryOf(endpoints, true)
  expect(shown).toContain('Dashboard    http://127.0.0.1:4400/#token=secret\n')
  expect(shown).not.toContain('operator-token')
  const kept = summaryOf(endpoints, false)
  expect(kept).not.toContain('secret')
  expect(kept).toContain('Dashboard    http://127.0.0.1:4400/\n')
  expect(kept).toContain('/data/operator-token')
  for (const text of [shown, kept]) expect(text).toMatch(/\n {2}Stop {9}Ctrl-C/)
})
