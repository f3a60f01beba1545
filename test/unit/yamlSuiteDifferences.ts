// Every case of the public yaml-test-suite in which we differ on purpose or by omission, with its cause. A case that is not
// named here must agree, and one that is named must differ: the number of agreeing cases can only rise.

/** From the reference events of YAML 1.2. */
export const fromReference: Record<string, string> = {
  '8G76': 'an empty text is one empty document: there is always a place for findings and completion',
  '98YD': 'an empty text is one empty document',
  AVM7: 'an empty text is one empty document',
  HWV9: 'an empty text is one empty document',
  QT73: 'an empty text is one empty document',
  '4ABK': "Go's reader: between brackets, the colon of `a:,` belongs to the text; a warning says so",
  '9C9N': "Go's reader: the indentation inside brackets does not matter",
  'VJP3-00':
    "Go's reader: the indentation inside brackets does not matter; the manifest's check refuses the key on two lines",
  'Y79Y-03': "Go's reader: tabs may stand inside brackets",
  QB6E: "Go's reader: the indentation inside quotes does not matter",
  'DK95-01': "Go's reader: tabs may stand inside quotes",
  G5U8: "Go's reader: between brackets, a lone dash is a text",
  YJV2: "Go's reader: between brackets, a lone dash is a text",
  '9JBA': "Go's reader: a comment may touch a closing bracket",
  CVW2: "Go's reader: a comment may touch a comma",
  SU5Z: "Go's reader: a comment may touch a closing quote",
  X4QW: "Go's reader: a comment may touch the head of a block text",
  HRE5: "Go's reader: \\' is an apostrophe",
  'L24T-01': "Go's reader: a block text at the end of a text without a last line break has none either",
  SF5V: 'a repeated directive is refused by the check of manifests, not by the tree',
};

/** From the reader of Kubernetes (sigs.k8s.io/yaml, strict), read as manifests. */
export const fromKubernetes: Record<string, string> = {
  '4MUZ-00': 'sound JSON, which kubectl reads as JSON',
  '652Z': 'it takes a key `?foo` for foo; we ask for quotes',
  'HM87-01': 'it takes `[?x]` for a list with a map; we ask for quotes',
  Y2GN: 'it ends the name of an anchor at a colon and reads the rest as the value; we refuse the name',
  '7Z25': 'it wants --- behind ...; kubectl parts texts at --- and reads no further than ...',
  M7A3: 'it wants --- behind ...',
  HWV9: 'it wants a document in front of ...; an empty text is nothing to us',
  QT73: 'it wants a document in front of ...; an empty text is nothing to us',
  DK3J: 'it refuses a block text at column 0 as a whole document, which is no manifest',
  FP8R: 'it refuses a block text at column 0 as a whole document, which is no manifest',
  'JEF9-02': 'a block text of spaces alone at the end of a text without a last line break',
  S98Z: 'it takes a block text of blank lines whose first lines are longer than its last; we refuse it as YAML does',
  'MUS6-00': 'it reads over a comment that touches a directive',
  '9HCY': 'it reads no further than the first document, where YAML wants ... in front of a directive',
  P76L: 'it resolves !!int through a %TAG of the document',
  U99R: 'it takes a comma for a part of a tag',
  WZ62: 'it takes a comma for a part of a tag',
};
