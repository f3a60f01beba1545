package storage

import (
	"k8s.io/apiserver/pkg/registry/rest"
	"sigs.k8s.io/structured-merge-diff/v6/fieldpath"
)

// ResetFields are the fields that a strategy takes away from every write (status, mostly); an applier never owns them.
func ResetFields(strategy Strategy) map[fieldpath.APIVersion]fieldpath.Filter {
	switch s := any(strategy).(type) {
	case rest.ResetFieldsFilterStrategy:
		return s.GetResetFieldsFilter()
	case rest.ResetFieldsStrategy:
		return fieldpath.NewExcludeFilterSetMap(s.GetResetFields())
	}
	return nil
}
