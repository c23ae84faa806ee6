public import CommandSupport

/// Help texts of `hull journal`, made when somebody asks.
public enum JournalHelp {
    /// The help of a verb, or of `hull journal` for nil.
    public static func text(for verb: String?) -> String { manual(for: verb)?.text ?? program }

    /// The manual of a verb; nil for none.
    public static func manual(for verb: String?) -> Manual? {
        switch verb {
        case "get": GetVerb.manual
        case "range", "ls": RangeVerb.manual
        case "put": PutVerb.manual
        case "del": DeleteKeysVerb.manual
        case "watch": WatchVerb.manual
        case "history": HistoryVerb.manual
        case "txn": TransactionVerb.manual
        case "compact": CompactVerb.manual
        case "check": CheckVerb.manual
        case "repair": RepairVerb.manual
        case "stats": StatsVerb.manual
        case "dump": DumpVerb.manual
        case "load": LoadVerb.manual
        case "lease": LeaseVerb.manual
        default: nil
        }
    }

    private static var program: String {
        """
        Usage: hull journal VERB [ARGUMENTS]

        Reads and writes the journal of a state root: keys and values with history, shared by many processes without a server.

        Verbs:
          get      print a key
          range    list the keys of a prefix; 'ls' is the same
          put      put a value
          del      delete keys
          txn      carry out a transaction
          watch    print changes as they happen
          history  print the versions of a key
          compact  give up history, and its space
          check    look for damage
          repair   accept what is lost
          stats    print figures
          dump     write all keys as JSON
          load     read a dump
          lease    grant, keep alive, revoke and list leases

        Options, which stand anywhere:
        \(Manual.list(StoreOptions.options))
        Exit codes:
          0  done                        4  the answer is marked: history is lost or a value damaged
          1  failed                      5  that history has been compacted
          2  the words mean nothing      6  'txn --exit-code': the comparisons did not hold
          3  there is no such key or lease

        Examples:
          # put, get, and look back
          hull journal put /notes/a first && hull journal get /notes/a
          hull journal history /notes/a
          # everything about one verb
          hull journal watch --help

        """
    }
}
