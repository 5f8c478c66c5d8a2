import { describe, expect, it } from 'vitest'
import { sourceFactsOf } from '../measure/source-facts.ts'
import {
  passagesOfComments,
  pathFaults,
  proseFaults,
  repositoryOf,
  sectionFaults,
} from './references.ts'

const repository = repositoryOf(
  ['docs/rules.md', 'README.md', 'infra/postgres/pool.ts', 'infra/run/config.ts'],
  (file) =>
    file === 'docs/rules.md' ? '# Rules\n\n## 2. Calls\n\n### 2.11 What is written\n' : '',
)

describe('a section', () => {
  const faults = (text: string, file = 'infra/run/config.ts') =>
    sectionFaults(file, { line: 7, text }, repository)

  it.each([
    'of calls (rules.md §2, §2.11) and energy',
    'of calls (rules.md §2–§2.11)',
    'Rules.md § 2 says so',
    'as RFC 9562 §5.5 has it',
    'rules.md, of which RFC 9562 §5.5 knows nothing',
  ])('that is there: %s', (text) => {
    expect(faults(text)).toEqual([])
  })

  it.each([
    ['of calls (rules.md §3)', '§3 of rules.md'],
    ['of calls (rules.md §2, §2.1)', '§2.1 of rules.md'],
    ['of calls (other.md §2)', '§2 of other.md'],
    ['of calls (DESIGN §2)', '§2 of no document'],
    ['RFC 1 §1, rules.md §1', '§1 of rules.md'],
    ['rules.md § of calls', '§ of no document'],
  ])('that is not: %s', (text, fault) => {
    expect(faults(text)).toEqual([expect.stringMatching(`^names ${fault}`)])
  })

  it('of a document itself needs no name there', () => {
    expect(faults('see §2.11', 'docs/rules.md')).toEqual([])
    expect(faults('see §4', 'docs/rules.md')).toHaveLength(1)
    expect(faults('see §2', 'README.md')).toHaveLength(1)
  })
})

describe('a path', () => {
  const faults = (text: string, file = 'infra/run/config.ts') =>
    pathFaults(file, { line: 7, text }, repository)

  it.each([
    'as infra/postgres/pool.ts does',
    '`config.ts` beside it, ../postgres/pool.ts, infra/postgres',
    'README.md, docs/rules.md and rules.md',
    'any x.test.ts, *.bench.ts, https://example.org/infra/gone.ts',
  ])('that is there: %s', (text) => {
    expect(faults(text)).toEqual([])
  })

  it.each([
    ['as infra/postgres/gone.ts does', 'infra/postgres/gone.ts'],
    ['pool.ts beside it', 'pool.ts'],
    ['the adapters in infra/gone', 'infra/gone'],
    ['./pool.ts', './pool.ts'],
    ['GONE.md', 'GONE.md'],
  ])('that is not: %s', (text, name) => {
    expect(faults(text)).toEqual([`names ${name}, which is not there`])
  })

  it('may lack its folder in a document', () => {
    expect(faults('`pool.ts`', 'docs/rules.md')).toEqual([])
    expect(faults('`gone.ts`', 'docs/rules.md')).toHaveLength(1)
  })
})

it('comments that follow each other are one passage, and a wrapped one is read as one line', () => {
  const { comments } = sourceFactsOf(
    'x.ts',
    '// a (rules.md\n// §2)\n\n/**\n * b (rules.md\n * §3)\n */\nconst c = 1\nconst d = 2 // d\n',
  )
  expect(passagesOfComments(comments)).toMatchObject([
    { line: 1, text: 'a (rules.md §2)' },
    { line: 4, text: 'b (rules.md §3)' },
    { line: 9, text: 'd' },
  ])
})

it('a sentence names its subject', () => {
  const faults = (text: string) => proseFaults({ line: 1, text })
  expect(faults('Whoever waited looks again.')).toHaveLength(1)
  expect(faults('It is told to whomever it concerns.')).toHaveLength(1)
  expect(faults('The waiter, who was woken, looks again.')).toEqual([])
})
