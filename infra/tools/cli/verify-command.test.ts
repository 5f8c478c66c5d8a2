import { expect, it } from 'vitest'
import { RetryableError } from '../../../domain/errors.ts'
import { NEVER } from '../../../domain/waiting/pause.ts'
import { infiniteHexAdventurers } from '../../../domain/worlds/infinite-hex-adventurers/definition.ts'
import type { StoppedWorldPlace } from '../verify/stopped-world.ts'
import { EXIT_CODES } from './ending.ts'
import { testTerminal } from './terminal.testing.ts'
import { runVerifyCommand, VERIFY_HELP } from './verify-command.ts'

const run = async (...args: readonly string[]) => {
  const { terminal, out, err } = testTerminal()
  const asked: StoppedWorldPlace[] = []
  const code = await runVerifyCommand(args, {
    terminal,
    openWorld: async (place) => {
      asked.push(place)
      throw new RetryableError('The node is away', { cause: new Error('refused') })
    },
    defaultDataFolder: 'here',
    definition: infiniteHexAdventurers,
    signal: NEVER,
  })
  return { code, out: out(), err: err(), asked }
}

it('explains itself, and each exit code', async () => {
  expect(await run('--help')).toMatchObject({ code: EXIT_CODES.done, out: VERIFY_HELP, asked: [] })
  for (const code of Object.values(EXIT_CODES))
    expect(VERIFY_HELP).toMatch(new RegExp(`\\b${code} `))
})

it.each([
  [['stray'], '"stray" is one argument too many'],
  [['--colour'], "Unknown option '--colour'"],
  [['--data', ''], '--data is empty'],
  [['--against', 'node'], '--against must be an http or https URL'],
  [['--against', 'postgres://node'], '--against must be an http or https URL'],
])('refuses %j and says why', async (args, reason) => {
  const { code, out, err, asked } = await run(...args)
  expect([code, out, asked]).toEqual([EXIT_CODES.badUsage, '', []])
  expect(err).toContain(reason)
  expect(err).toContain('chronohex verify --help')
})

it('means the system’s own folder and chain when none are named, and tells trouble that may pass', async () => {
  expect(await run()).toEqual({
    code: EXIT_CODES.tryAgain,
    out: '',
    err: 'chronohex: The node is away (refused)\n',
    asked: [{ dataFolder: 'here', nodeUrl: null }],
  })
  const { asked } = await run('--data', 'there', '--against', 'http://node:5050')
  expect(asked).toEqual([{ dataFolder: 'there', nodeUrl: 'http://node:5050' }])
})
