// Writes a program that uses everything of the official package: it gives every
// function each of its options, reads every field of what comes back, listens
// to every event and makes every message. What web/imlib/left-out.tsv and
// fields.tsv name, it leaves alone. TypeScript then says whether the program is
// one with another package, too.

import { readFileSync } from 'node:fs'
import ts from '../../web/docs/node_modules/typescript/lib/typescript.js'

const home = new URL('..', import.meta.url).pathname
const entry = `${home}testdata/types.ts`
const options = {
  target: ts.ScriptTarget.ES2022,
  module: ts.ModuleKind.ESNext,
  moduleResolution: ts.ModuleResolutionKind.Bundler,
  strict: true,
  noEmit: true,
  types: [],
  lib: ['lib.es2022.d.ts', 'lib.dom.d.ts'],
}
const program = ts.createProgram([entry], options)
const checker = program.getTypeChecker()
const source = program.getSourceFile(entry)
const { moduleSpecifier } = source.statements.find(ts.isImportDeclaration)

const named = (file) => readFileSync(file, 'utf8').trim().split('\n').slice(1).map((line) => line.split('\t')[0])
const fields = named(`${home}testdata/fields.tsv`)
const left = new Set([...named(`${home}../web/imlib/left-out.tsv`), ...fields])
const met = new Set()

/** isLeft tells of names that the program leaves alone. */
function isLeft(name) {
  if (left.has(name)) met.add(name)
  return left.has(name)
}
const all = new Map(
  checker
    .getExportsOfModule(checker.getSymbolAtLocation(moduleSpecifier))
    .map((symbol) => [symbol.name, symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol])
    .filter(([name]) => !isLeft(name)),
)
const nameOf = new Map([...all].map(([name, symbol]) => [symbol, name]))
const typeOf = (symbol) => checker.getTypeOfSymbolAtLocation(symbol, source)

/** parts are the types that a value may be of, without undefined and null. */
function parts(type) {
  const nothing = ts.TypeFlags.Undefined | ts.TypeFlags.Null | ts.TypeFlags.Void
  return (type.isUnion() ? type.types : [type]).filter((part) => !(part.flags & nothing))
}

const mayLack = (type) => parts(type).length < (type.isUnion() ? type.types.length : 1)

/** isAny tells of a type that says nothing of its values, or nothing of this package. */
function isAny(type) {
  if (type.flags & (ts.TypeFlags.Any | ts.TypeFlags.Unknown | ts.TypeFlags.TypeParameter)) return true
  const foreign = type.symbol?.declarations?.some((declaration) => /\/lib\.[\w.]+\.d\.ts$/.test(declaration.getSourceFile().fileName))
  return isLeft(type.symbol?.name) || (foreign && !['Array', 'Promise', 'File', 'Blob', '__type'].includes(type.symbol.name))
}

/** enumerationOf is the name of the exported enumeration that a type is, or is a member of. */
function enumerationOf(type) {
  const { symbol } = type
  return symbol && (nameOf.get(symbol) ?? nameOf.get(symbol.parent))
}

/** exported is the name by which applications know a type that has fields. */
function exported(type) {
  const symbol = type.aliasSymbol ?? type.symbol
  const generic = type.aliasTypeArguments?.length || checker.getTypeArguments(type).length
  return symbol && !generic && symbol.flags & (ts.SymbolFlags.Interface | ts.SymbolFlags.TypeAlias) ? nameOf.get(symbol) : undefined
}

/** fieldsOf are the fields of a type that are used. */
const fieldsOf = (type) => type.getProperties().filter((field) => !ownerNames(field, type).some((owner) => isLeft(owner) || isLeft(`${owner}.${field.name}`)))
const ownerNames = (field, type) => [type.aliasSymbol?.name, type.symbol?.name, field.parent?.name]

const declared = new Map()
let count = 0

/** given is an expression of a value of type, with everything that it can have. */
function given(type) {
  if (isAny(type)) return 'anything'
  const [part] = parts(type)
  if (!part) return 'undefined'
  if (isAny(part)) return 'anything'
  if (part.flags & ts.TypeFlags.BooleanLike) return 'true'
  if (part.flags & ts.TypeFlags.EnumLike) {
    const name = enumerationOf(part)
    if (!name) return 'anything'
    const members = parts(type).flatMap((one) => (one.flags & ts.TypeFlags.EnumLiteral && one.symbol.parent ? [one.symbol.name] : typeOf(all.get(name)).getProperties().map((member) => member.name)))
    return `RongIMLib.${name}.${members.find((member) => !isLeft(`${name}.${member}`))}`
  }
  if (part.isStringLiteral() || part.isNumberLiteral()) return JSON.stringify(part.value)
  if (part.flags & ts.TypeFlags.StringLike) return "'text'"
  if (part.flags & ts.TypeFlags.NumberLike) return '1'
  if (part.symbol?.name === 'File' || part.symbol?.name === 'Blob') return 'file'
  if (part.symbol?.name === 'BaseMessage') return 'message'
  if (part.symbol?.name === 'Promise') return `Promise.resolve(${given(checker.getTypeArguments(part)[0])})`
  if (checker.isArrayType(part)) return `[${given(checker.getTypeArguments(part)[0])}]`
  const [signature] = part.getCallSignatures()
  if (signature) return listener(signature)
  const name = exported(part)
  if (!name) return literal(part)
  if (!declared.has(`given ${name}`)) {
    declared.set(`given ${name}`, '')
    const value = literal(part)
    declared.delete(`given ${name}`)
    declared.set(`given ${name}`, `const given${name}: RongIMLib.${name} = ${value}`)
  }
  return declared.get(`given ${name}`) === '' ? 'anything' : `given${name}`
}

const within = new Set()

function literal(type) {
  if (within.has(type)) return 'anything'
  within.add(type)
  const own = fieldsOf(type).map((field) => `${JSON.stringify(field.name)}: ${given(typeOf(field))}`)
  const values = type.getStringIndexType()
  within.delete(type)
  return `{ ${[...own, ...(values ? [`any: ${given(values)}`] : [])].join(', ')} }`
}

/** listener is a function of the application's, which reads what it is called with. */
function listener(signature) {
  const names = signature.getParameters().map((parameter) => `${parameter.name}${count++}`)
  const reads = signature.getParameters().flatMap((parameter, i) => read(names[i], typeOf(parameter)))
  const result = signature.getReturnType()
  const answer = parts(result).length > 0 ? [`return ${given(result)}`] : []
  return `(${names.join(', ')}) => { ${[...reads, ...answer].join('; ')} }`
}

/** read is statements that read what is in a value of type. */
function read(value, type) {
  if (isAny(type) || parts(type).length === 0) return []
  if (mayLack(type)) {
    const there = `there${count++}`
    const reads = read(there, checker.getNonNullableType(type))
    return [`const ${there} = ${value}`, `if (${there} !== undefined && ${there} !== null) { ${reads.join('; ')} }`]
  }
  const [part, ...more] = parts(type)
  const plain = ts.TypeFlags.BooleanLike | ts.TypeFlags.EnumLike | ts.TypeFlags.StringLike | ts.TypeFlags.NumberLike
  if (more.some((other) => (other.flags & part.flags & plain) === 0)) return [] // an application must look which it is
  if (part.flags & ts.TypeFlags.BooleanLike) return [`is<boolean>(${value})`]
  if (part.flags & ts.TypeFlags.EnumLike) return [`is<${enumerationOf(part) ? `RongIMLib.${enumerationOf(part)}` : 'number | string'}>(${value})`]
  if (part.flags & ts.TypeFlags.StringLike) return [`is<string>(${value})`]
  if (part.flags & ts.TypeFlags.NumberLike) return [`is<number>(${value})`]
  if (part.symbol?.name === 'BaseMessage') return [`is<RongIMLib.BaseMessage>(${value})`]
  if (checker.isArrayType(part)) {
    const each = `each${count++}`
    return [`for (const ${each} of ${value}) { ${read(each, checker.getTypeArguments(part)[0]).join('; ')} }`]
  }
  if (part.symbol?.name === 'Promise') return [`void (async () => { ${result(`await ${value}`, checker.getTypeArguments(part)[0]).join('; ')} })()`]
  const [signature] = part.getCallSignatures()
  if (signature) return read(`${value}(${signature.getParameters().map((parameter) => given(typeOf(parameter))).join(', ')})`, signature.getReturnType())
  const name = parts(type).length === 1 ? exported(part) : undefined
  if (!name) return readFields(value, type)
  if (!declared.has(`read ${name}`)) {
    declared.set(`read ${name}`, '')
    declared.set(`read ${name}`, `function read${name}(it: RongIMLib.${name}): void { ${readFields('it', part).join('; ')} }`)
  }
  return [`read${name}(${value})`]
}

function readFields(value, type) {
  if (within.has(type)) return []
  within.add(type)
  const values = type.getStringIndexType()
  const own = fieldsOf(type).flatMap((field) => read(`${value}[${JSON.stringify(field.name)}]`, typeOf(field)))
  within.delete(type)
  return [...own, ...(values ? read(`${value}['any']`, values) : [])]
}

/** result is statements that read what a promise of a function resolves with. */
function result(value, type) {
  if (type.symbol?.name !== 'RCResult') return parts(type).length > 0 ? read(value, type) : [value]
  const it = `result${count++}`
  const data = checker.getTypeArguments(type)[0]
  const read_ = data && parts(data).length > 0 ? [`if (${it}.data !== undefined && ${it}.data !== null) { ${read(`${it}.data`, checker.getNonNullableType(data)).join('; ')} }`] : []
  return [`const ${it} = ${value}`, `is<boolean>(${it}.isOk)`, `is<number>(${it}.code)`, `is<string>(${it}.msg)`, ...read_]
}

const uses = []
for (const [name, symbol] of all) {
  if (!(symbol.flags & ts.SymbolFlags.Value)) continue
  const type = typeOf(symbol)
  for (const signature of type.getConstructSignatures()) {
    uses.push(`is<object>(new RongIMLib.${name}(${signature.getParameters().map((parameter) => given(typeOf(parameter))).join(', ')}))`)
  }
  for (const signature of type.getCallSignatures()) {
    if (/^[a-z]+EventListener$/.test(name)) continue
    const parameters = signature.getParameters()
    const needed = parameters.filter(({ valueDeclaration: d }) => !d.questionToken && !d.initializer)
    for (const few of new Set([needed, parameters].map((list) => list.length))) {
      const call = `RongIMLib.${name}(${parameters.slice(0, few).map((parameter) => given(typeOf(parameter))).join(', ')})`
      const returned = signature.getReturnType()
      const promised = returned.symbol?.name === 'Promise' ? result(`await ${call}`, checker.getTypeArguments(returned)[0]) : undefined
      uses.push(`void (async () => { ${(promised ?? (parts(returned).length > 0 && !returned.getConstructSignatures().length ? read(call, returned) : [call])).join('; ')} })()`)
    }
  }
  if (type.symbol?.flags & ts.SymbolFlags.Enum || symbol.flags & ts.SymbolFlags.Enum) {
    for (const { name: member } of type.getProperties()) if (!isLeft(`${name}.${member}`)) uses.push(`is<RongIMLib.${name}>(RongIMLib.${name}.${member})`)
  }
}
for (const event of checker.getDeclaredTypeOfSymbol(all.get('EventListeners')).getProperties()) {
  if (isLeft(`Events.${event.name}`)) continue
  const heard = listener(typeOf(event).getCallSignatures()[0])
  for (const way of ['addEventListener', 'onceEventListener', 'removeEventListener']) uses.push(`RongIMLib.${way}(RongIMLib.Events.${event.name}, ${heard})`)
}
const unmet = fields.filter((name) => !met.has(name))
if (unmet.length > 0) throw new Error(`fields.tsv names what the official package has not: ${unmet.join(', ')}`)

console.log(`import * as RongIMLib from '@rongcloud/imlib-next'
declare const anything: any
declare const file: File
declare function is<T>(value: T): void
const message = new RongIMLib.TextMessage({ content: '' })
${[...declared.values()].join('\n')}
${uses.join('\n')}`)
