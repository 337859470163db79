customers-count = { $count ->
    [one] Un client
   *[other] { $count } clients
}
customers-tags = Étiquettes
customers-tags-hint = Séparées par des virgules, 20 au plus. Elles servent à filtrer la liste.
customers-all = Tous
customers-none-found = Personne ne correspond
customers-none-found-text = Essayez moins de mots, le début d’un mot ou une autre étiquette.
customers-blocked = Bloqués
customers-blocked-one = Bloqué
customers-import = Importer
customers-duplicates = Doublons

customers-blocked-title = Ne peut pas réserver en ligne
customers-blocked-text = Depuis le { $date }. Son e-mail et son téléphone sont refusés sur votre page ; on lui demande de vous contacter. Vous pouvez toujours réserver pour cette personne.
customers-blocked-lead = Ces personnes ne peuvent pas réserver en ligne, quel que soit le nom donné : leurs e-mails et numéros de téléphone sont refusés. On ne leur dit pas pourquoi. Vous pouvez toujours réserver pour elles.
customers-blocked-none = Personne n’est bloqué
customers-blocked-none-text = Vous bloquez quelqu’un depuis sa fiche.
customers-blocked-since = Depuis le { $date }
customers-blocked-latest = Seuls les plus récents sont affichés.
customers-block = Bloquer
customers-block-title = Bloquer la réservation en ligne
customers-block-text = Les réservations avec cet e-mail ou ce téléphone sont refusées sur votre page, et le client est invité à vous contacter. Ce qui est réservé reste réservé.
customers-block-reason = Raison, pour votre équipe seulement
customers-unblock = Autoriser à nouveau
customers-blocked-desk = Bloqué en ligne : vous pouvez tout de même réserver pour cette personne.
customers-flash-blocked = Bloqué : plus de réservation en ligne.
customers-flash-unblocked = La réservation en ligne est à nouveau possible.

customers-since = Client depuis
customers-figure-bookings = Réservations
customers-figure-missed = Absences
customers-figure-cancelled = Annulées
customers-figure-spent = Dépensé
customers-last = Dernière visite
customers-next = Prochaine réservation
customers-consents = Consentements
customers-terms = Conditions acceptées le { $date }
customers-marketing = Actualités acceptées le { $date }
customers-marketing-none = Pas d’actualités : pas d’accord donné
customers-consent-give = Veut des actualités
customers-consent-withdraw = Ne veut plus d’actualités
customers-consent-noted = C’est noté.
customers-consent-log = Ce qui a été dit, et quand
customers-consent-line = { $kind ->
    [terms] Conditions acceptées
   *[marketing] { $given ->
        [yes] Actualités acceptées
       *[no] Actualités refusées
    }
  }
customers-consent-source = { $source ->
    [booking] à la réservation
    [customer] sur sa page
   *[member] noté par l’équipe
  }

customers-alike = Peut-être deux fois dans votre liste
customers-alike-text = Même nom ou même téléphone que { $name }.
customers-compare = Comparer
customers-duplicates-lead = Ces fiches partagent un téléphone ou un nom. Comparez-les, et fusionnez celles d’une même personne.
customers-duplicates-none = Aucun doublon
customers-duplicates-none-text = Aucune fiche ne partage un téléphone ou un nom avec une autre.
customers-same-phone = Même téléphone
customers-same-name = Même nom
customers-merge-title = Fusionner deux fiches
customers-merge-lead = Réservations, notes, étiquettes et blocages des deux vont à la fiche gardée, et qui réserve avec l’un ou l’autre e-mail est ce client. Le nom, l’e-mail et la langue de l’autre sont abandonnés.
customers-keep = Quelle fiche garder
customers-merge-sure = Je sais que c’est définitif
customers-merge-do = Fusionner
customers-flash-merged = Fusionné : tout est ici désormais.

customers-import-title = Importer des clients
customers-import-lead = Envoyez la liste d’un autre logiciel au format CSV. Vous voyez ses colonnes avant que quoi que ce soit ne soit importé.
customers-import-file = Votre fichier
customers-import-hint = CSV d’Excel, de Google ou d’un autre logiciel, jusqu’à 10 Mo et 50 000 lignes. La première ligne nomme les colonnes ; le nom et l’e-mail sont nécessaires.
customers-import-send = Continuer
customers-import-kept = Le fichier est supprimé une fois importé, le rapport après une semaine.
customers-import-earlier = Imports précédents
customers-import-state = { $state ->
    [uploaded] Pas commencé
    [started] En cours
    [failed] Arrêté
   *[done] Terminé
}
customers-import-back = Importer un autre fichier
customers-import-rows = { $count ->
    [one] Une ligne
   *[other] { $count } lignes
} · { $encoding } · { $delimiter ->
    [comma] séparées par des virgules
    [semicolon] séparées par des points-virgules
   *[tab] séparées par des tabulations
}
customers-import-columns = Que disent les colonnes ?
customers-import-columns-text = Voici ce que nous avons deviné. Les colonnes ignorées ne sont pas importées.
customers-import-column = Colonne « { $name } »
customers-import-column-in-file = Dans le fichier
customers-import-column-rows = Premières lignes
customers-import-column-says = Elle contient
customers-field = { $field ->
    [name] Nom complet
    [first_name] Prénom
    [last_name] Nom de famille
    [email] E-mail
    [phone] Téléphone
    [language] Langue
    [tags] Étiquettes
    [note] Note
    [row] Toute la ligne
   *[none] Ignorer
}
customers-import-known = Les clients déjà connus par leur e-mail
customers-import-skip = Restent tels quels
customers-import-skip-text = Seuls les nouveaux clients sont ajoutés.
customers-import-update = Sont mis à jour
customers-import-update-text = Le fichier remplace nom, téléphone, langue et note ; les étiquettes s’ajoutent. Les cases vides ne changent rien.
customers-import-start = Importer
customers-import-under-way = Import en cours
customers-import-waits = Le fichier sera importé dans un instant.
customers-import-failed = L’import s’est arrêté
customers-import-failed-text = Rien n’est perdu : il reprend où il s’est arrêté.
customers-import-go-on = Reprendre
customers-import-done = L’import est terminé
customers-import-made = Nouveaux
customers-import-updated = Mis à jour
customers-import-skipped = Déjà connus
customers-import-refused = Refusés
customers-import-refused-title = Lignes refusées
customers-import-refused-text = Corrigez-les dans votre fichier et renvoyez-le : les clients déjà importés sont reconnus.
customers-import-more = Seules les premières sont affichées : le rapport les a toutes.
customers-import-report = Télécharger le rapport
customers-report-line = Ligne
customers-report-column = Colonne
customers-report-value = Valeur
customers-report-why = Raison
customers-flaw = { $code ->
    [REQUIRED] C’est vide.
    [TOO_MANY] Plus de 20 étiquettes.
    [TOO_MANY_CELLS] Plus de cases que de colonnes : il manque peut-être un guillemet.
   *[other] { $field ->
        [name] Ce n’est pas un nom : 255 caractères au plus, sans adresse web.
        [email] Ce n’est pas un e-mail complet.
        [phone] Ce n’est pas un numéro de téléphone complet.
        [language] Ni français ni anglais.
        [tags] Une étiquette a 40 caractères au plus.
        [note] 2 000 caractères au plus.
       *[other] Illisible.
    }
}
customers-flash-import = L’import a commencé.
customers-data = Données de cette personne
customers-data-text = Qui le demande apprend ce que vous savez : son profil, ses réservations, ses réponses, les messages reçus.
customers-data-file = Tout télécharger
customers-erase-text = Vous oubliez qui c’était : nom, adresses, notes, réponses, fichiers. Ce qui a été réservé reste dans vos chiffres, sans nom. Personne ne peut revenir en arrière.
customers-erase-sure = J’en suis sûr
customers-erase = Effacer cette personne
customers-erase-unsure = Rien n’a été effacé : dites que vous en êtes sûr.
customers-erase-expected = Ce client est encore attendu. Annulez d’abord ce qui est à venir.
customers-erased = La personne est effacée. Ce qui a été réservé reste.
