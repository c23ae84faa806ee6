public import CommandSupport
import JournalVerbs

/// Help texts of `hull image`, made when somebody asks.
public enum ImageHelp {
    /// The help of a verb, or of `hull image` for nil.
    public static func text(for verb: String?) -> String { manual(for: verb)?.text ?? program }

    /// The manual of a verb; nil for none.
    public static func manual(for verb: String?) -> Manual? {
        switch verb {
        case "load": LoadImageVerb.manual
        case "import": ImportVerb.manual
        case "save": SaveVerb.manual
        case "ls": ListImagesVerb.manual
        case "inspect": InspectVerb.manual
        case "history": HistoryOfImageVerb.manual
        case "tree": TreeVerb.manual
        case "tag": TagVerb.manual
        case "rm": RemoveVerb.manual
        case "prune": PruneVerb.manual
        case "check": CheckImagesVerb.manual
        case "sign": SignVerb.manual
        case "verify": VerifyVerb.manual
        case "bundle": BundleVerb.manual
        case "unbundle": UnbundleVerb.manual
        case "mount": MountVerb.manual
        case "unmount": UnmountVerb.manual
        default: nil
        }
    }

    private static var program: String {
        """
        Usage: hull image VERB [ARGUMENTS]

        Keeps images: verified when they come in, stored once, given out as they came or as bundles that a runtime can run.

        Verbs:
          load     load images from an OCI layout or a docker archive
          import   make an image of a root file system
          save     write images to a layout or an archive
          ls       list images
          inspect  print all that is known of an image
          history  print how an image came about
          tree     print what each layer adds, replaces and hides
          tag      give an image one more name
          rm       remove names and images
          prune    remove what nobody uses
          check    read everything again and look for damage
          sign     sign images, as cosign does
          verify   ask the trust policy, or keys, about an image
          bundle   make an OCI bundle of an image
          unbundle take such a bundle away
          mount    mount an image read-only, to look into it
          unmount  end that

        An image is named as Docker's users do (nginx is docker.io/library/nginx:latest), by digest, or by the beginning of its id.

        Options, which stand anywhere:
        \(Manual.list(StoreOptions.options))
        Exit codes:
          0  done                      3  there is no such image
          1  failed                    4  'check' found damage
          2  the words mean nothing    7  the trust policy rejects the image

        Examples:
          # from a docker archive to a running container
          docker save busybox | hull image load -
          hull image bundle busybox bundle && hull-runtime run -b bundle first
          # everything about one verb
          hull image load --help

        """
    }
}
