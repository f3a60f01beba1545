// Flux's post-build substitution: the operators, as Flux reads them.
import assert from 'node:assert/strict';
import { substitute, variablesOf } from '../../server/src/core/render/substitute';

const values: Record<string, string> = {
  name: 'abcdEFGH28ij',
  file: 'bash.string.txt',
  path: '/path/to/file',
  slashed: 'foo/bar/baz',
  fallback: 'other',
  empty: '',
  wide: 'Größe',
};
const eval_ = (text: string): string => {
  const result = substitute(text, (name) => values[name]);
  assert.ok(result.ok, result.ok ? '' : result.message);
  return result.text;
};

describe('post-build substitution', () => {
  const cases: [string, string][] = [
    ['plain text, $name and $(name)', 'plain text, $name and $(name)'],
    ['${name}', 'abcdEFGH28ij'],
    ['a ${unset} b', 'a  b'],
    ['$${name}', '${name}'],
    ['$$${name}', '$abcdEFGH28ij'],
    ['${#name}', '12'],
    ['${#wide}', '7'],
    ['${name^} ${name^^}', 'AbcdEFGH28ij ABCDEFGH28IJ'],
    ['${name,} ${name,,}', 'abcdEFGH28ij abcdefgh28ij'],
    ['${name:4}', 'EFGH28ij'],
    ['${name:4:2}', 'EF'],
    ['${name:-2}', 'abcdEFGH28ij'],
    ['${name:4:-2}', 'EFGH28'],
    ['${unset:=x} ${unset:-x} ${unset=x} ${empty:-x}', 'x x x x'],
    ['${name:=x}', 'abcdEFGH28ij'],
    ['${unset:=${fallback}}', 'other'],
    ['${unset:=a-${fallback}-b}', 'a-other-b'],
    ['${unset:=${name^^}}', 'ABCDEFGH28IJ'],
    ['${name/EF/--}', 'abcd--GH28ij'],
    ['${slashed//\\//-}', 'foo-bar-baz'],
    ['${slashed/\\//-}', 'foo-bar/baz'],
    ['${name/#ab/x} ${name/%ij/x}', 'xcdEFGH28ij abcdEFGH28x'],
    ['${name/#/pre-} ${name/%/-post}', 'pre-abcdEFGH28ij abcdEFGH28ij-post'],
    ['${file/./}', 'bashstring.txt'],
    ['${file#*.} ${file##*.}', 'string.txt txt'],
    ['${file%.*} ${file%%.*}', 'bash.string bash'],
    ['${path#*/} ${path##*/}', 'path/to/file file'],
  ];
  for (const [text, expected] of cases) {
    it(`${text} becomes ${expected}`, () => assert.equal(eval_(text), expected));
  }

  it('names the place of an expression that cannot be read', () => {
    assert.deepEqual(
      substitute('ab ${name', () => ''),
      { ok: false, message: 'missing closing brace', at: 3 },
    );
    assert.equal(substitute('${}', () => '').ok, false);
    assert.equal(substitute('${name:=x', () => '').ok, false);
  });

  it('refuses unset variables without a default when strict', () => {
    const none = (): undefined => undefined;
    assert.equal(substitute('${a}', none, true).ok, false);
    assert.equal(substitute('${#a}', none, true).ok, false);
    assert.deepEqual(substitute('${a:=b}', none, true), { ok: true, text: 'b' });
  });

  it('lists the variables of a text', () => {
    assert.deepEqual(variablesOf('${a} $${b} ${c:=${d}}'), ['a', 'd', 'c']);
  });
});
