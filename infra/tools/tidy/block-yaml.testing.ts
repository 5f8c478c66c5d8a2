/**
 * Reads the part of YAML that docker-compose.yml is written in: block maps and lists, `[a, b]` on
 * one line, quoted and plain texts, `|` texts, comments. It is no YAML parser: whatever else it
 * meets, it refuses.
 */

export type Yaml = string | readonly Yaml[] | { readonly [key: string]: Yaml }

type Line = Readonly<{ indent: number; text: string; number: number }>

export const readBlockYaml = (source: string): Yaml => {
  const lines = source
    .split('\n')
    .map((text, at) => ({ indent: text.search(/\S|$/), text: text.trim(), number: at + 1 }))
  const reader = { lines, at: 0 }
  const value = readBlock(reader, 0)
  const rest = nextLine(reader)
  if (rest !== null) throw new Error(`line ${rest.number}: unexpected ${rest.text}`)
  return value
}

type Reader = { readonly lines: readonly Line[]; at: number }

/** The next line that is neither empty nor a comment, without taking it. */
const nextLine = (reader: Reader): Line | null => {
  while (/^(#|$)/.test(reader.lines[reader.at]?.text ?? '-')) reader.at += 1
  return reader.lines[reader.at] ?? null
}

const readBlock = (reader: Reader, indent: number): Yaml => {
  const first = nextLine(reader)
  if (first === null || first.indent < indent) return ''
  return first.text.startsWith('- ')
    ? readList(reader, first.indent)
    : readMap(reader, first.indent)
}

const readList = (reader: Reader, indent: number): Yaml => {
  const items: Yaml[] = []
  for (
    let line = nextLine(reader);
    line !== null && line.indent === indent;
    line = nextLine(reader)
  ) {
    if (!line.text.startsWith('- '))
      throw new Error(`line ${line.number}: not a list's item: ${line.text}`)
    items.push(readValue(reader, line, line.text.slice(2)))
  }
  return items
}

const readMap = (reader: Reader, indent: number): Yaml => {
  const members = new Map<string, Yaml>()
  for (
    let line = nextLine(reader);
    line !== null && line.indent === indent;
    line = nextLine(reader)
  ) {
    const [, key, rest] = /^([\w-]+):(?: +(.*))?$/.exec(line.text) ?? []
    if (key === undefined) throw new Error(`line ${line.number}: not a map's member: ${line.text}`)
    if (members.has(key)) throw new Error(`line ${line.number}: ${key} stands here twice`)
    members.set(key, readValue(reader, line, rest ?? ''))
  }
  return Object.fromEntries(members)
}

const readValue = (reader: Reader, line: Line, text: string): Yaml => {
  reader.at += 1
  if (text === '') return readBlock(reader, line.indent + 1)
  if (text === '|') return readText(reader, line.indent)
  const list = /^\[(.*)\]$/.exec(text)?.[1]
  return list === undefined
    ? scalar(text, line)
    : list.split(/, */).map((item) => scalar(item, line))
}

const readText = (reader: Reader, indent: number): string => {
  const lines: string[] = []
  for (let line = reader.lines[reader.at]; line !== undefined; line = reader.lines[reader.at]) {
    if (line.text !== '' && line.indent <= indent) break
    lines.push(line.text)
    reader.at += 1
  }
  return lines.join('\n')
}

const scalar = (text: string, { number }: Line): string => {
  const quoted = /^'([^']*)'$/.exec(text)?.[1]
  if (quoted !== undefined) return quoted
  if (/^["'&*!>{[%@`]|: |:$| #/.test(text)) throw new Error(`line ${number}: cannot read ${text}`)
  return text
}
