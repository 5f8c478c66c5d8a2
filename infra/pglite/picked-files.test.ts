import { expect, it } from 'vitest'
import { pickedFiles } from './picked-files.ts'

/** A file as tar writes it, of the fields that are read. */
const fileOf = (name: string, text: string): Buffer => {
  const header = Buffer.alloc(512)
  header.write(name)
  header.write(`${text.length.toString(8).padStart(11, '0')} `, 124)
  const content = Buffer.alloc(Math.ceil(text.length / 512) * 512)
  content.write(text)
  return Buffer.concat([header, content])
}
const end = Buffer.alloc(1_024)
const files = [fileOf('a/one', 'x'.repeat(600)), fileOf('a/two', ''), fileOf('b/three', 'three')]
const archive = Buffer.concat([...files, end])

it('picks the files that match, in their order, whatever stands between them', () => {
  expect(pickedFiles(archive, [/^b\//, /one$/])).toEqual(
    Buffer.concat([files[0] ?? end, files[2] ?? end, end]),
  )
})

it('picks nothing when a pattern has no file, or more than one', () => {
  expect(pickedFiles(archive, [/one$/, /four$/])).toBe(null)
  expect(pickedFiles(archive, [/^a\//])).toBe(null)
})
