import { expect, it } from 'vitest'
import { FatalError } from '../../domain/errors.ts'
import { describeConnection, parseConnectionString } from './connection-string.ts'

it('reads a single node without TLS, with the port that is usual', () => {
  expect(parseConnectionString('esdb://db.example?tls=false')).toEqual({
    hosts: [{ address: 'db.example', port: 2113 }],
    isDiscovered: false,
    credentials: null,
    tls: null,
    connectionName: 'chronohex',
    numbers: {},
  })
})

it('reads a cluster with credentials and options, in any case', () => {
  const connection = parseConnectionString(
    'esdb+discover://some%40one:p%3Aa%2Fss@a.example:1,b.example:2/?NodePreference=Leader&gossiptimeout=7&keepAliveInterval=-1',
  )
  expect(connection).toMatchObject({
    hosts: [
      { address: 'a.example', port: 1 },
      { address: 'b.example', port: 2 },
    ],
    isDiscovered: true,
    credentials: { username: 'some@one', password: 'p:a/ss' },
    tls: {},
    numbers: { gossipTimeout: 7, keepAliveInterval: -1 },
  })
  expect(describeConnection(connection)).toBe('esdb+discover://a.example:1,b.example:2')
})

it.each([
  'http://localhost:2113',
  'esdb://',
  'esdb://host:port',
  'esdb://ho st',
  'esdb://host?tls=perhaps',
  'esdb://host?tsl=false',
  'esdb://host?throwOnAppendFailure=false',
  'esdb://host?tlsVerifyCert=false',
  'esdb://host:0',
  'esdb://host:65536',
  'esdb://[::1]:2113',
  'esdb://user@host',
  'esdb://host?gossipTimeout=soon',
  'esdb://host?gossipTimeout=0',
  'esdb://host?maxDiscoverAttempts=-1',
  'esdb://host?keepAliveInterval=-2',
  'esdb://host?connectionName=Zo%C3%AB',
  'esdb://host?connectionName=a%0D%0Ab',
  'esdb://host?nodePreference=best',
  'esdb://host?nodePreference=follower',
  'esdb://host?userCertFile=/only/one',
  'esdb://host?tlsCAFile=/there/is/no/such/file',
  'esdb://user:s%ecret@host',
])('refuses %s', (text) => {
  expect(() => parseConnectionString(text)).toThrow(FatalError)
})

it.each([
  'esdb://user:hunter2@host:port',
  'esdb://user:hunter2@host?x=1',
  'esdb://user:hunter2@',
  'esdb://user:hunter2?x@host',
  'esdb://user:x?hunter2@host',
  'esdb://user:hunter2/x@host',
  'esdb://user:x/hunter2@host',
  'esdb://user:x@hunter2@host',
  'esdb://user:hunter2',
  'x://user:hunter2@h',
])('keeps the password out of what it says about %s', (text) => {
  expect(() => parseConnectionString(text)).toThrow(
    expect.objectContaining({ message: expect.not.stringContaining('hunter2') }),
  )
})
