package chart

import (
	"strconv"
	"strings"
	"unicode/utf8"
)

// A marker is one character of the two supplementary private-use planes, put into template text in front of what it stands for. It
// survives everything that templates do to text, and is taken out of the output with the place where it was found.
const (
	firstPlane, secondPlane = 0xF0000, 0x100000
	planeSize               = 0xFFFD
	maxMarkers              = 2 * planeSize
)

func isMarker(r rune) bool {
	return r >= firstPlane && r < firstPlane+planeSize || r >= secondPlane && r < secondPlane+planeSize
}

func markerRune(id int) rune {
	if id < planeSize {
		return rune(firstPlane + id)
	}
	return rune(secondPlane + id - planeSize)
}

func markerID(r rune) int {
	if r >= secondPlane {
		return int(r) - secondPlane + planeSize
	}
	return int(r) - firstPlane
}

// leadByte: no UTF-8 sequence of a marker starts lower.
const leadByte = 0xF3

func hasMarker(text string) bool {
	for i := 0; i < len(text); i++ {
		if text[i] >= leadByte {
			if r, _ := utf8.DecodeRuneInString(text[i:]); isMarker(r) {
				return true
			}
		}
	}
	return false
}

// plain is text without its markers.
func plain(text string) string {
	if !hasMarker(text) {
		return text
	}
	return strings.Map(func(r rune) rune {
		if isMarker(r) {
			return -1
		}
		return r
	}, text)
}

// mark is a marker at an offset of a text that it was taken out of.
type mark struct {
	offset, id int
}

func takeMarks(text string) (string, []mark) {
	var marks []mark
	var out strings.Builder
	out.Grow(len(text))
	last := 0
	for i := 0; i < len(text); {
		if text[i] < leadByte {
			i++
			continue
		}
		r, size := utf8.DecodeRuneInString(text[i:])
		if isMarker(r) {
			out.WriteString(text[last:i])
			marks = append(marks, mark{offset: out.Len(), id: markerID(r)})
			last = i + size
		}
		i += size
	}
	out.WriteString(text[last:])
	return out.String(), marks
}

// siteKind says what stands at a marked place of a template.
type siteKind int

const (
	textSite   siteKind = iota // literal text
	actionSite                 // an action's output starts
	tplSite                    // text that was given to tpl: it has no place of its own
	valueSite                  // output of toYaml: only the values are known
)

// site is what a marker stands for.
type site struct {
	template string
	// offset in the template's text.
	offset int
	kind   siteKind
	values []valuesPath
}

// valuesPath is a path of keys in the values of the release; list items are their number, or `*` in a range.
type valuesPath []string

func (p valuesPath) with(names ...string) valuesPath {
	return append(append(make(valuesPath, 0, len(p)+len(names)), p...), names...)
}

func (p valuesPath) key() string { return strings.Join(p, "\x00") }

// markers numbers sites; equal sites share a marker.
type markers struct {
	sites []site
	ids   map[string]int
}

func newMarkers() *markers { return &markers{ids: map[string]int{}} }

// text is the marker of a site; empty when there are too many.
func (m *markers) text(s site) string {
	var key strings.Builder
	key.WriteString(s.template)
	key.WriteByte(1)
	key.WriteString(strconv.Itoa(s.offset))
	key.WriteByte(byte('0' + s.kind))
	for _, p := range s.values {
		key.WriteString(p.key())
		key.WriteByte(1)
	}
	id, known := m.ids[key.String()]
	if !known {
		if id = len(m.sites); id >= maxMarkers {
			return ""
		}
		m.sites = append(m.sites, s)
		m.ids[key.String()] = id
	}
	return string(markerRune(id))
}
