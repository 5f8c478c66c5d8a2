import { existsSync } from 'node:fs'
import { afterAll, expect, it } from 'vitest'
import { NO_DEFECTS } from '../../sandbox/torii/options.ts'
import { testFolder } from '../archive/archive.testing.ts'
import { runSandboxCommand, SANDBOX_HELP } from './sandbox-command.ts'

const folder = testFolder()
afterAll(() => folder.remove())

const run = async (
  args: readonly string[],
  onPrint: (line: string) => void = () => {},
  stop = new AbortController(),
) => {
  const [printed, complained]: [string[], string[]] = [[], []]
  const code = await runSandboxCommand(args, {
    print: (line) => {
      printed.push(line)
      onPrint(line)
    },
    complain: (line) => complained.push(line),
    signal: stop.signal,
  })
  return { code, printed, complained: complained.join('\n') }
}

it('tells how it is used', async () => {
  expect(await run([])).toEqual({ code: 0, printed: [SANDBOX_HELP], complained: '' })
  for (const defect of Object.keys(NO_DEFECTS)) expect(SANDBOX_HELP).toContain(defect)
})

it.each([
  [['rest'], 'there is no "sandbox rest"'],
  [['serve', '--defects', 'coalescedUpdates,slowness'], 'not "slowness"'],
  [
    ['serve', '--rpc-port', '6000'],
    '--rpc-port: port 6000 is one that browsers and fetch refuse to connect to: choose another one, or 0 for any',
  ],
  [
    ['serve', '--rpc-port', '70000'],
    '--rpc-port must be a whole number from 0 to 65535, not "70000"',
  ],
  [['serve', '--torii-port', 'x'], '--torii-port must be'],
  [['serve', '--quirks', 'juno'], '--quirks knows only katana'],
  [['serve', '--harbour'], "Unknown option '--harbour'"],
  [['generate', '--blocks', '3'], 'generate needs --blocks N and --out FILE'],
])('refuses %j and names what is wrong', async (args, complaint) => {
  const { code, complained } = await run(args)
  expect(code).toBe(1)
  expect(complained).toContain(complaint)
})

it('writes a world, and serves it as a node and as a Torii with the defects that were asked for', async () => {
  const file = folder.file('world.sqlite')
  const made = await run(['generate', '--blocks', '5', '--bots', '2', '--seed', '7', '--out', file])
  expect(made).toMatchObject({
    code: 0,
    printed: [expect.stringMatching(/^5 blocks, \d+ transactions and \d+ events/)],
  })
  expect(existsSync(file)).toBe(true)

  const stop = new AbortController()
  const torii = Promise.withResolvers<string>()
  const ports = ['--rpc-port', '0', '--torii-port', '0']
  const serving = run(
    [
      'serve',
      '--from',
      file,
      ...ports,
      '--defects',
      'all',
      '--raw-events',
      '--transactions',
      '--sealed-only',
    ],
    (line) => {
      if (line.startsWith('Torii')) torii.resolve(line.replace(/^Torii\s+/, ''))
    },
    stop,
  )
  const models = await fetch(`${await torii.promise}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query: '{ models(first: 100) { totalCount } }' }),
  })
  expect(await models.json()).toEqual({ data: { models: { totalCount: expect.any(Number) } } })
  stop.abort()
  expect(await serving).toMatchObject({ code: 0, complained: '' })
})
