// Package custom validates, defaults and applies custom resources by the CustomResourceDefinitions that it was given.
package custom

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"strings"

	apiextensions "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions"
	apiextensionsinstall "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/install"
	apiextensionsv1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	utilyaml "k8s.io/apimachinery/pkg/util/yaml"
	"sigs.k8s.io/yaml"
)

var scheme = runtime.NewScheme()

func init() { apiextensionsinstall.Install(scheme) }

// Store holds definitions by the kind that they define. A definition is parsed and compiled when its kind is first used.
type Store struct {
	definitions map[schema.GroupKind]*definition
	// read remembers what was found in a text, so that giving it again costs nothing.
	read map[[sha256.Size]byte][]*definition
}

// NewStore gives an empty store.
func NewStore() *Store {
	return &Store{definitions: map[schema.GroupKind]*definition{}, read: map[[sha256.Size]byte][]*definition{}}
}

// Added says what one text brought.
type Added struct {
	// Kinds are the kinds that are known now, as Kind.group.
	Kinds []string `json:"kinds"`
	// Errors are documents that could not be read.
	Errors []string `json:"errors"`
}

// Add makes the kinds of all CustomResourceDefinitions in a text known; other objects in it are passed over. Where two
// texts define one kind, the one that was added last counts.
func (s *Store) Add(text string) Added {
	added := Added{Kinds: []string{}, Errors: []string{}}
	key := sha256.Sum256([]byte(text))
	found, known := s.read[key]
	if !known {
		var errs []error
		found, errs = readDefinitions(text)
		for _, err := range errs {
			added.Errors = append(added.Errors, err.Error())
		}
		s.read[key] = found
	}
	for _, d := range found {
		s.definitions[d.kind] = d
		added.Kinds = append(added.Kinds, d.kind.String())
	}
	return added
}

// Knows is true for kinds that a definition was added for.
func (s *Store) Knows(kind schema.GroupKind) bool { return s.definitions[kind] != nil }

// definition is one CustomResourceDefinition: its text until it is needed.
type definition struct {
	kind     schema.GroupKind
	document string
	// Both forms of the parsed definition; nil until needed.
	published *apiextensionsv1.CustomResourceDefinition
	internal  *apiextensions.CustomResourceDefinition
	versions  map[string]*version
}

func readDefinitions(text string) (found []*definition, errs []error) {
	for _, document := range documentsOf(text) {
		if kind, ok := scan(document); ok {
			found = append(found, &definition{kind: kind, document: document})
			continue
		}
		if !strings.Contains(document, "CustomResourceDefinition") {
			continue
		}
		parsed, err := parseAll(document)
		if err != nil {
			errs = append(errs, err)
		}
		found = append(found, parsed...)
	}
	return found, errs
}

func documentsOf(text string) []string {
	if strings.HasPrefix(strings.TrimSpace(text), "{") {
		return []string{text}
	}
	var documents []string
	reader := utilyaml.NewYAMLReader(bufio.NewReader(strings.NewReader(text)))
	for {
		document, err := reader.Read()
		if len(bytes.TrimSpace(document)) > 0 {
			documents = append(documents, string(document))
		}
		if errors.Is(err, io.EOF) || err != nil {
			return documents
		}
	}
}

// parseAll reads a document that the scan did not understand: a definition in another style, or a List of some.
func parseAll(document string) ([]*definition, error) {
	var object struct {
		Kind  string           `json:"kind"`
		Items []map[string]any `json:"items"`
	}
	if err := yaml.Unmarshal([]byte(document), &object); err != nil {
		return nil, err
	}
	switch object.Kind {
	case "CustomResourceDefinition":
		d := &definition{document: document}
		return []*definition{d}, d.parse()
	case "List", "CustomResourceDefinitionList":
		var found []*definition
		var errs []error
		for _, item := range object.Items {
			if item["kind"] != nil && item["kind"] != "CustomResourceDefinition" {
				continue
			}
			text, err := yaml.Marshal(item)
			if err != nil {
				errs = append(errs, err)
				continue
			}
			d := &definition{document: string(text)}
			if err := d.parse(); err != nil {
				errs = append(errs, err)
				continue
			}
			found = append(found, d)
		}
		return found, errors.Join(errs...)
	}
	return nil, nil
}

// parse reads the definition itself; what it defines is compiled version by version.
func (d *definition) parse() error {
	if d.internal != nil {
		return nil
	}
	published := &apiextensionsv1.CustomResourceDefinition{}
	if err := yaml.Unmarshal([]byte(d.document), published); err != nil {
		return fmt.Errorf("its CustomResourceDefinition cannot be read: %w", err)
	}
	if v := published.APIVersion; v != "apiextensions.k8s.io/v1" && v != "" {
		return fmt.Errorf("its CustomResourceDefinition is of %s, which no supported API server serves", v)
	}
	scheme.Default(published)
	internal := &apiextensions.CustomResourceDefinition{}
	if err := scheme.Convert(published, internal, nil); err != nil {
		return fmt.Errorf("its CustomResourceDefinition cannot be read: %w", err)
	}
	d.published, d.internal = published, internal
	d.kind = schema.GroupKind{Group: published.Spec.Group, Kind: published.Spec.Names.Kind}
	d.versions = map[string]*version{}
	d.document = ""
	return nil
}
